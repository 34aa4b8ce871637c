import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

/** The machine and the versions a result belongs to. */
export interface BenchEnvironment {
  readonly node: string
  readonly v8: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  /** One-minute load average before the run; above the number of cores, figures are noisy. */
  readonly loadAverage: number
  readonly engine: 'built' | 'sources'
  readonly versions: Readonly<Record<string, string>>
}

const PACKAGES = [
  'axios',
  'axios-retry',
  'cockatiel',
  'effect',
  'ky',
  'opossum',
  'p-retry',
  'undici',
  '@holdfast/core',
  '@holdfast/axios-interceptor',
]

const versionOf = (name: string): string => {
  const file = fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url))
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** Reads the machine and the installed versions. */
export const readEnvironment = (engine: BenchEnvironment['engine']): BenchEnvironment => ({
  node: process.version,
  v8: process.versions.v8,
  platform: `${process.platform} ${process.arch} ${release()}`,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  loadAverage: Number((loadavg()[0] ?? NaN).toFixed(2)),
  engine,
  versions: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
})

/** The environment in two lines. */
export const describeEnvironment = (environment: BenchEnvironment): string => {
  const { node, platform, cpu, cores, memoryGiB, loadAverage, engine, versions } = environment
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const built = engine === 'built' ? 'our packages as built' : 'our packages from their sources'
  return `Node ${node}, ${platform}, ${cpu}, ${cores} cores, ${memoryGiB} GiB, load ${loadAverage}; ${built}\n${peers.join(', ')}`
}
