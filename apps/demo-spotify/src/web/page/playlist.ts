import type { MonthView, PlaylistView } from '../views.ts'
import { ask, onPress, say } from './ask.ts'
import { find, make } from './elements.ts'

const select = find('month', HTMLSelectElement)
const STATES: Readonly<Record<string, string>> = {
  creating: 'It is being made; whether Spotify has done it shows when you write it again.',
  created: 'It is there, but not all of the songs may be in it. Write it again.',
  synced: 'It is there and holds what stands below.',
  undone: 'It holds again what was in it before.',
}

const show = (view: PlaylistView): void => {
  const link = view.href === null ? [] : [' ', make('a', { href: view.href, rel: 'noreferrer' }, 'Open it in Spotify')]
  find('state').replaceChildren(
    view.state === null ? 'There is no playlist for this month yet.' : (STATES[view.state] ?? ''),
    ...(view.isOwed ? [' The last write failed; it is tried again every six hours.'] : []),
    ...link,
  )
  find('undo', HTMLButtonElement).disabled = !view.canUndo
  find('sync', HTMLButtonElement).disabled = view.items.length === 0
  const songs = view.items.map(({ name, artists }) => make('li', {}, make('strong', {}, name), ` - ${artists}`))
  find('preview').replaceChildren(
    ...(songs.length === 0 ? [make('p', {}, 'There is no list of songs for this month.')] : songs),
  )
}

const load = async (): Promise<void> => show(await ask<PlaylistView>(`/api/playlist?month=${select.value}`))

onPress('sync', async () => {
  say('Writing ...')
  show(await ask<PlaylistView>('/api/playlist/sync', { month: select.value }))
  say(`The playlist of ${select.value} is written and was read back.`)
})
onPress('undo', async () => {
  show(await ask<PlaylistView>('/api/playlist/undo', { month: select.value }))
  say('Undone.')
})
select.addEventListener('change', () => void load())

const months = await ask<readonly MonthView[]>('/api/months')
select.replaceChildren(...months.toReversed().map(({ month }) => make('option', { value: month }, month)))
if (months.length === 0) say('There is no snapshot yet. Take one on the status page.')
else await load()
document.body.dataset['ready'] = 'true'
