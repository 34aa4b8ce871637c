import { percentOf, type CoverageRow } from '../call-coverage/summary.ts'

const CHARACTER_PX = 6.6
const PADDING_PX = 8

/** A badge of the kind READMEs show: the lower of deadline and handled error, rounded down. */
export function badge(total: CoverageRow): string {
  const percents = [percentOf(total.measures.deadline), percentOf(total.measures.handledError)].map(
    (percent) => percent ?? 100,
  )
  const percent = Math.floor(Math.min(...percents))
  const label = 'protected calls'
  const value = `${percent} %`
  const color = percent === 100 ? '#2e7d32' : percent >= 80 ? '#b26a00' : '#c62828'
  const left = Math.ceil(label.length * CHARACTER_PX + 2 * PADDING_PX)
  const right = Math.ceil(value.length * CHARACTER_PX + 2 * PADDING_PX)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${value}">
  <title>${label}: ${value}</title>
  <rect width="${left}" height="20" fill="#444"/>
  <rect x="${left}" width="${right}" height="20" fill="${color}"/>
  <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
    <text x="${left / 2}" y="14">${label}</text>
    <text x="${left + right / 2}" y="14">${value}</text>
  </g>
</svg>
`
}
