export { defineConfig, type HoldfastConfig } from './config.ts'
