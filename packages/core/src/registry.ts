interface Named {
  readonly name: string
}

const policies = new Map<string, Named>()

export const register = (policy: Named): void => {
  policies.set(policy.name, policy)
}

export const unregister = (policy: Named): void => {
  if (policies.get(policy.name) === policy) policies.delete(policy.name)
}

/** What was registered last under that name. */
export const registered = (name: string): Named | undefined => policies.get(name)
