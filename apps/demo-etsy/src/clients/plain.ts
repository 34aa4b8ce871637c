/** Leaves the instance as it is. */
export function connect(): void {
  // Nothing: failures go to the job that made the call.
}
