import type { Accounts } from './accounts.ts'
import type { Playlists } from './playlists.ts'
import type { World } from './world.ts'

/** What the endpoints of the Web API share. */
export interface ApiState {
  readonly world: World
  readonly accounts: Accounts
  readonly playlists: Playlists
  readonly now: () => number
  /** Where the simulator listens; links in answers name it. */
  readonly origin: () => string
  readonly account: { readonly id: string; readonly accountId: string; readonly displayName: string }
}
