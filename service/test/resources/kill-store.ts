// A process that changes one resource again and again, until it is killed in the middle of it.
import { FolderStore } from '../../src/resource-store/folder-store.ts';
import { resourceRecordSchema } from '../../src/resource-store/resource-record.ts';

const [folder = '', first = ''] = process.argv.slice(2);
const store = new FolderStore(folder, Date.now);
const base = resourceRecordSchema.parse(JSON.parse(first));

for (let revision = base.capacity; ; revision++) {
  // As long as the revision says, so that a half-written file could not pass for a whole one.
  const tags = { revision: `${revision}`, filler: 'x'.repeat(1000 + (revision % 7) * 1000) };
  process.stdout.write(`${revision}\n`);
  await store.save({ ...base, capacity: revision, tags });
}
