/** Whether this is a CI machine, where nothing goes out to a service. */

/** By the variable `CI`, which many set and some set to nothing or to `False`. */
export function isCi(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value.toLowerCase());
}
