/** Whether this is a CI machine, where nothing goes out to a service. */

/** By the variable `CI`, which many set and some set to nothing. */
export function isCi(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value);
}
