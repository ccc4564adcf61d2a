/** The three service modes of a resource (upstream-and-emulator 6). */
export const ServiceModeName = { Default: 'Default', Serverless: 'Serverless', Classic: 'Classic' } as const;
export type ServiceModeName = (typeof ServiceModeName)[keyof typeof ServiceModeName];
