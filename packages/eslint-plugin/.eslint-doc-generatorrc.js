import { format, resolveConfig } from 'prettier'

/** @type {import('eslint-doc-generator').GenerateOptions} */
export default {
  pathRuleDoc: '../docs/rules/{name}.md',
  pathRuleList: ['../README.md'],
  ruleDocTitleFormat: 'name',
  ignoreConfig: ['all', 'tests-off'],
  configEmoji: [['legacy', '🕰️']],
  postprocess: async (content, path) => format(content, { ...(await resolveConfig(path)), parser: 'markdown' }),
}
