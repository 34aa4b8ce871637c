export { type KnownOrder, OrderStore } from './order-store.ts'
export { pollOrders, readOrder } from './poll-orders.ts'
