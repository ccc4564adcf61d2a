import { ArmError } from './arm-error.ts';
import { ARM_METHODS, type ArmMethods, type ArmRoute } from './arm-routes.ts';

/** Families of Azure that mean nothing in one process on one machine (control-plane 3), by the part of the path. */
const FEATURES = {
  privateLinkResources: 'Private link resources',
  privateEndpointConnections: 'Private endpoint connections',
  sharedPrivateLinkResources: 'Shared private links',
  customCertificates: 'Custom certificates',
  customDomains: 'Custom domains',
  replicas: 'Replicas',
} as const;

/** Routes that answer 501 with the name of the feature. `resource`: the path of a resource. */
export function unsupportedRoutes(resource: string): readonly ArmRoute[] {
  return Object.entries(FEATURES).map(([part, feature]) => ({
    pattern: `${resource}/${part}/*`,
    methods: refusing(feature),
  }));
}

function refusing(feature: string): ArmMethods {
  const refuse = () => {
    throw new ArmError(
      501,
      'NotImplemented',
      `${feature} are not served here: they need Azure. All else of the resource works without.`,
    );
  };
  return Object.fromEntries(ARM_METHODS.map((method) => [method, refuse]));
}
