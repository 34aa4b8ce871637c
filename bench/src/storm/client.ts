import type { Clock, Random } from '@holdfast/core'

/** Sends one request; rejects when the server answers with a failure. */
export type Send = () => Promise<void>

/** One client process as the server sees it: it makes calls, each of them with some requests. */
export interface Client {
  /** Resolves when the call succeeded, rejects when it failed or was refused. */
  call(send: Send): Promise<void>
}

/** What a client is made with. */
export interface ClientPorts {
  readonly clock: Clock
  readonly random: Random
  /** Time limit of one attempt. */
  readonly attemptTimeoutMs: number
}

/** A kind of client, one row of the tables. */
export interface ClientKind {
  readonly name: string
  readonly label: string
  /** `model` is our reading of what others do, in a few lines; never their code. */
  readonly origin: 'holdfast' | 'model'
  create(ports: ClientPorts): Client
}
