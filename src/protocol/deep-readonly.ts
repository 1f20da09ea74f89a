/**
 * The type of plain data that nobody may change. Types only.
 */

/** `Value` with every property and element read-only, however deep. */
export type DeepReadonly<Value> = Value extends readonly (infer Element)[]
  ? readonly DeepReadonly<Element>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
    : Value;
