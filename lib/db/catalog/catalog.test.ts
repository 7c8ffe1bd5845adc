import { catalogConformance } from '../../store/catalog-conformance.ts'
import { openTestDatabase } from '../db.test-support.ts'

catalogConformance('the SQLite catalog', async () => {
  const database = await openTestDatabase()
  return { ...database, close: database.dispose }
})
