import { createHash } from 'node:crypto'

export interface SimulatedPlaylist {
  readonly id: string
  name: string
  description: string
  isPublic: boolean
  uris: string[]
  version: number
  readonly createdAtMs: number
}

const ID_LENGTH = 22

export const snapshotIdOf = ({ id, version }: SimulatedPlaylist): string =>
  Buffer.from(`${version},${createHash('sha1').update(`${id}${version}`).digest('hex')}`).toString('base64')

/** The playlists of the one simulated user, newest first as the real list is. */
export class Playlists {
  #count = 0
  readonly #byId = new Map<string, SimulatedPlaylist>()

  create(name: string, description: string, isPublic: boolean, atMs: number): SimulatedPlaylist {
    this.#count += 1
    const hash = createHash('sha256').update(`${this.#count}:${name}`).digest('base64url').replaceAll(/[-_]/g, 'x')
    const id = hash.slice(0, ID_LENGTH)
    const made = { id, name, description, isPublic, uris: [], version: 1, createdAtMs: atMs }
    this.#byId.set(id, made)
    return made
  }

  get(id: string): SimulatedPlaylist | undefined {
    return this.#byId.get(id)
  }

  /** As the person deletes one in the application of Spotify. */
  remove(id: string): void {
    this.#byId.delete(id)
  }

  list(): SimulatedPlaylist[] {
    return [...this.#byId.values()].toReversed()
  }
}
