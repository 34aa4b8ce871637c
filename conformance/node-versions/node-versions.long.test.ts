import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { NODE_BINARIES, type NodeBinary } from '../src/node-binaries.ts'

const root = path.resolve(import.meta.dirname, '../..')
const vitest = path.join(path.dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')

/** What the JSON reporter says of a run. */
interface Run {
  readonly numTotalTests: number
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/** Runs tests of this repository under another Node; its workers are of the same one. */
const runTests = async ({ path: node }: NodeBinary, project: string, filter: readonly string[]): Promise<Run> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'holdfast-node-versions-'))
  const report = path.join(directory, 'report.json')
  const args = [vitest, 'run', '--reporter=json', `--outputFile=${report}`, '--project', project, ...filter]
  const env = { ...process.env, NODE_OPTIONS: '' }
  try {
    const said = await new Promise<string>((resolve) => {
      execFile(node, args, { cwd: root, env, maxBuffer: 64 * 1_024 ** 2 }, (_failed, stdout, stderr) => {
        resolve(stdout + stderr)
      })
    })
    const text = await readFile(report, 'utf8').catch(() => {
      throw new Error(`vitest wrote no report; it said:\n${said}`)
    })
    return JSON.parse(text) as Run
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const others = NODE_BINARIES.filter(({ version }) => version !== process.versions.node.split('.')[0])

describe.each(others)('on Node $version', (node) => {
  test.each([
    ['core:loopback', [], 80],
    ['axios-interceptor:loopback', [], 150],
    ['ky-hooks:loopback', [], 40],
    ['conformance:loopback', ['conformance/differential'], 1_500],
  ] as const)('the tests of %s over real sockets pass', async (project, filter, least) => {
    const { numTotalTests, numPassedTests, testResults } = await runTests(node, project, filter)
    const failed = testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'failed')
        .map(
          ({ fullName, failureMessages }) => `${path.relative(root, name)}: ${fullName}: ${failureMessages?.[0] ?? ''}`,
        ),
    )
    expect(failed).toEqual([])
    expect(numTotalTests).toBeGreaterThanOrEqual(least)
    expect(numPassedTests).toBeGreaterThanOrEqual(least)
  })
})
