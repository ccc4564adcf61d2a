// What each pricing tier allows (control-plane 7).

export const SkuName = {
  FreeF1: 'Free_F1',
  StandardS1: 'Standard_S1',
  PremiumP1: 'Premium_P1',
  PremiumP2: 'Premium_P2',
} as const;
export type SkuName = (typeof SkuName)[keyof typeof SkuName];

/** One pricing tier. */
export interface Sku {
  readonly name: SkuName;
  readonly tier: 'Free' | 'Standard' | 'Premium';
  readonly size: string;
  /** Unit counts that can be asked for, ascending. */
  readonly units: readonly number[];
  readonly defaultUnits: number;
  /** Client and server connections at the same time. */
  readonly connectionsPerUnit: number;
  /** Outbound messages of a unit from 00:00 UTC on, after which nothing more is taken; undefined: no end. */
  readonly messagesPerDay: number | undefined;
  readonly scaleType: 'Manual' | 'Automatic';
}

const SMALL_UNITS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100] as const;
const LARGE_UNITS = [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000] as const;
const CONNECTIONS_PER_UNIT = 1000;

export const SKUS: Readonly<Record<SkuName, Sku>> = {
  Free_F1: {
    name: SkuName.FreeF1,
    tier: 'Free',
    size: 'F1',
    units: [1],
    defaultUnits: 1,
    connectionsPerUnit: 20,
    messagesPerDay: 20_000,
    scaleType: 'Manual',
  },
  Standard_S1: {
    name: SkuName.StandardS1,
    tier: 'Standard',
    size: 'S1',
    units: SMALL_UNITS,
    defaultUnits: 1,
    connectionsPerUnit: CONNECTIONS_PER_UNIT,
    messagesPerDay: undefined,
    scaleType: 'Manual',
  },
  Premium_P1: {
    name: SkuName.PremiumP1,
    tier: 'Premium',
    size: 'P1',
    units: SMALL_UNITS,
    defaultUnits: 1,
    connectionsPerUnit: CONNECTIONS_PER_UNIT,
    messagesPerDay: undefined,
    scaleType: 'Automatic',
  },
  Premium_P2: {
    name: SkuName.PremiumP2,
    tier: 'Premium',
    size: 'P2',
    units: LARGE_UNITS,
    defaultUnits: 100,
    connectionsPerUnit: CONNECTIONS_PER_UNIT,
    messagesPerDay: undefined,
    scaleType: 'Automatic',
  },
};

/** The tier of a name, whatever its case. */
export function findSku(name: string): Sku | undefined {
  return Object.values(SKUS).find((sku) => sku.name.toLowerCase() === name.toLowerCase());
}
