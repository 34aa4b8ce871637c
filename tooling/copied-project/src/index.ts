export { CopiedProject, type CopiedProjectOptions } from './copied-project.ts'
export { packPackages } from './pack-packages.ts'
