/** The three clients that are compared, in the order of the table. */
export const clientNames = ['plain', 'axios-retry', 'holdfast'] as const

/** Name of a client. */
export type ClientName = (typeof clientNames)[number]

/** Heading of each client in displays. */
export const clientTitles: Readonly<Record<ClientName, string>> = {
  plain: 'plain axios',
  'axios-retry': 'axios-retry',
  holdfast: 'Holdfast',
}
