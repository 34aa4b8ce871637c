/** The value of a key of the record itself; undefined for names that every object has. */
export function ownValue<Value>(from: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return from && Object.hasOwn(from, key) ? from[key] : undefined
}
