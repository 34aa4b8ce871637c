import type { ESLint, Linter } from 'eslint'
import { buildConfigs } from './configs.ts'
import { rules } from './rules/index.ts'

const meta = { name: '@holdfast/eslint-plugin', version: '0.0.0', namespace: 'holdfast' }

/** The plug-in: its rules and, under `configs`, ready flat config objects. */
const plugin: ESLint.Plugin & {
  configs: Record<'recommended' | 'strict' | 'legacy' | 'all' | 'tests-off', Linter.Config>
} = {
  meta,
  rules,
  configs: {} as never,
}
plugin.configs = buildConfigs(plugin)

export default plugin
export { withCallMap } from './with-call-map.ts'
