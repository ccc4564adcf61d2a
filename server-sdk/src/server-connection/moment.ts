/** A promise and what resolves it: something that others wait for. */
export interface Moment {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

export function moment(): Moment {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
