/** Nanoseconds a pass, one value a round. */
export interface HubFigures {
  /** The loop itself, with a call that does nothing. */
  readonly loopNs: readonly number[]
  /** A channel of Node asked whether anybody subscribed. */
  readonly channelNs: readonly number[]
  /** The sites every call passes, nobody listening. */
  readonly callSiteNs: readonly number[]
  /** Every other site, nobody listening. */
  readonly otherSiteNs: readonly number[]
  /** One subscriber to all policies: building, freezing and delivering the event. */
  readonly oneListenerNs: readonly number[]
}
