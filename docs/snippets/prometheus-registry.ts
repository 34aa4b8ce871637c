import { Registry } from 'prom-client'

/** A registry of its own, for tests. */
export const newRegistry = (): Registry => new Registry()
