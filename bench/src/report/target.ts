import { renderTable } from './table.ts'

/** A promise and what was measured against it. */
export interface Target {
  readonly name: string
  readonly measured: number
  readonly atMost?: number
  readonly atLeast?: number
  readonly unit: string
  /** The spread the figure came with, or what it was taken from. */
  readonly note?: string
}

/** Whether the measured figure keeps the promise; a figure that is not a number never does. */
export const isMet = ({ measured, atMost = Infinity, atLeast = -Infinity }: Target): boolean =>
  measured <= atMost && measured >= atLeast

const figure = (value: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'none' : 'never'
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 3)
}

const bound = ({ atMost, atLeast }: Target): string =>
  [atLeast === undefined ? '' : `>= ${atLeast}`, atMost === undefined ? '' : `<= ${atMost}`].filter(Boolean).join(', ')

/** The targets of a command with what was measured, met or missed. */
export const renderTargets = (targets: readonly Target[]): string =>
  renderTable(
    'Targets',
    [
      { title: 'target', align: 'left' },
      { title: 'promised' },
      { title: 'measured' },
      { title: '' },
      { title: 'note', align: 'left' },
    ],
    targets.map((target) => [
      target.name,
      `${bound(target)} ${target.unit}`,
      `${figure(target.measured)} ${target.unit}`,
      isMet(target) ? 'met' : 'MISSED',
      target.note ?? '',
    ]),
  )
