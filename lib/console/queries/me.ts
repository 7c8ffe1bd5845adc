import { queryOptions } from '@tanstack/react-query'
import { getMe } from '../client.ts'

export const meQuery = () => queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => getMe(signal) })
