import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkQueue } from './chunk-queue.ts';

test('gives chunks in the order they came, as an array would', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -200, max: 200 }), { maxLength: 20 }), (steps) => {
      const queue = new ChunkQueue();
      const model: Uint8Array[] = [];
      for (const step of steps) {
        for (let index = 0; index < Math.abs(step); index++) {
          if (step > 0) {
            const chunk = new Uint8Array(1);
            queue.push(chunk);
            model.push(chunk);
          } else {
            expect(queue.shift()).toBe(model.shift());
          }
          expect(queue.isEmpty).toBe(model.length === 0);
        }
      }
    }),
  );
});
