import { capital, NOUNS, type SeededChoice } from './seeded-choice.ts'

const total = (noun: string, number: number): string => `
export function ${noun}Total${number}(lines: readonly ${capital(noun)}Line${number}[]): number {
  let sum = 0
  for (const line of lines) {
    if (line.quantity <= 0) continue
    sum += line.quantity * line.priceInCents * (1 - (line.discountPercent ?? 0) / 100)
  }
  return Math.round(sum)
}
`
const grouping = (noun: string, number: number): string => `
export const group${capital(noun)}${number} = (lines: readonly ${capital(noun)}Line${number}[]) => {
  const groups = new Map<string, ${capital(noun)}Line${number}[]>()
  lines.forEach((line) => {
    const known = groups.get(line.sku) ?? []
    groups.set(line.sku, [...known, { ...line, sku: line.sku.trim().toUpperCase() }])
  })
  return [...groups.entries()].sort(([first], [second]) => first.localeCompare(second))
}
`
const parsing = (noun: string, number: number): string => `
export function parse${capital(noun)}${number}(text: string): ${capital(noun)}Line${number} | undefined {
  try {
    const value = JSON.parse(text) as Partial<${capital(noun)}Line${number}>
    if (typeof value.sku !== 'string' || typeof value.quantity !== 'number') return undefined
    return { sku: value.sku, quantity: value.quantity, priceInCents: value.priceInCents ?? 0 }
  } catch {
    return undefined
  }
}
`
const stateMachine = (noun: string, number: number): string => `
const transitions${number}: Record<string, readonly string[]> = {
  open: ['paid', 'cancelled'],
  paid: ['packed', 'refunded'],
  packed: ['sent'],
  sent: ['delivered', 'returned'],
}

export class ${capital(noun)}State${number} {
  private history: { at: Date; state: string }[] = []

  constructor(private state: string = 'open') {}

  move(next: string, at: Date): this {
    const allowed = transitions${number}[this.state] ?? []
    if (!allowed.includes(next)) throw new RangeError(\`\${this.state} cannot become \${next}\`)
    this.history.push({ at, state: this.state })
    this.state = next
    return this
  }

  get current(): string {
    return this.state
  }
}
`

/** Types, sums and parsers: code without any I/O, the larger part of every repository. */
export function domainFile(choice: SeededChoice, number: number): string {
  const parts: string[] = []
  for (let part = 1; part <= choice.between(4, 9); part += 1) {
    const noun = choice.oneOf(NOUNS)
    const id = number * 10 + part
    parts.push(`
export interface ${capital(noun)}Line${id} {
  readonly sku: string
  readonly quantity: number
  readonly priceInCents: number
  readonly discountPercent?: number
}
`)
    for (const make of [total, grouping, parsing, stateMachine]) if (choice.chance(65)) parts.push(make(noun, id))
  }
  return parts.join('')
}
