export { improveTags } from './improve-tags.ts'
