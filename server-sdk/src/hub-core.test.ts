import { expect, test } from 'vitest';
import { HubHarness } from '../test/support/hub-harness.ts';
import { Hub } from './hub/hub.ts';

class SomeHub extends Hub {}
const ofAll = () => 'all';
const own = () => 'own';

test.each([
  ['its own provider of user ids', { hub: SomeHub, userIdProvider: own }, own],
  ['that of all hubs', { hub: SomeHub }, ofAll],
  ['that of all hubs, when it is a class alone', SomeHub, ofAll],
])('a hub has %s', (_name, entry, provider) => {
  expect(new HubHarness(entry, { userIdProvider: ofAll }).core.admission.userIdProvider).toBe(provider);
});

test('whom a hub lets in is said for this hub alone', () => {
  const authorize = () => false;
  expect(new HubHarness({ hub: SomeHub, authorize }).core.admission.authorize).toBe(authorize);
  expect(new HubHarness(SomeHub).core.admission.authorize).toBeUndefined();
});
