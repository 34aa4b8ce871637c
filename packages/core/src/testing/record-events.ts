import type { PolicyEvent, PolicyEventName } from '../events.ts'
import type { Policy } from '../policy.ts'

/** Collects the named events of a policy in the order they come. */
export const recordEvents = <Name extends PolicyEventName>(
  policy: Pick<Policy, 'on'>,
  ...names: readonly Name[]
): readonly PolicyEvent<Name>[] => {
  const events: PolicyEvent<Name>[] = []
  for (const name of names) {
    policy.on(name, (event) => {
      events.push(event)
    })
  }
  return events
}
