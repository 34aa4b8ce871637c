import plugin from '../src/index.ts'

/** The plug-in under the name that its rules have in a config, which is what eslint-doc-generator goes by. */
export default { ...plugin, meta: { ...plugin.meta, name: 'eslint-plugin-holdfast' } }
