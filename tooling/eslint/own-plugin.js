import { registerHooks } from 'node:module'

// The plug-in is loaded from its sources, which Node runs as they are: a fresh clone lints without a build.
const hooks = registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, { ...context, conditions: [...context.conditions, '@holdfast/source'] }),
})
const { default: holdfast } = await import('../../packages/eslint-plugin/src/index.ts')
hooks.deregister()

export default holdfast
