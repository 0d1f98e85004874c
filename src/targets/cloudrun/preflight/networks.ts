/** The network in which the service reaches a private Redis. */
import { Problem } from '../../../problem.ts';
import type { CloudRunSettings } from '../service/settings.ts';

/**
 * Throws a Problem where network and subnet cannot belong together. Those of another project (Shared VPC) need their full
 * paths, both of them: https://cloud.google.com/run/docs/configuring/shared-vpc-direct-vpc
 */
export function checkNetwork({
  network,
  subnet,
  region,
}: Pick<CloudRunSettings, 'network' | 'subnet' | 'region'>): void {
  const [, networkHost] = /^projects\/([^/]+)\//.exec(network ?? '') ?? [];
  const [, subnetHost, subnetRegion] = /^projects\/([^/]+)\/regions\/([^/]+)\//.exec(subnet ?? '') ?? [];
  if (subnetRegion !== undefined && subnetRegion !== region) {
    throw new Problem('bad_setting', {
      message: `The subnet is in ${subnetRegion}, and the service would be in ${region}: they have to be in the same region.`,
      hint: `Give a subnet of ${region} with --subnet, or deploy with: --region ${subnetRegion}`,
    });
  }
  if (network === undefined || subnet === undefined || networkHost === subnetHost) return;
  throw new Problem('bad_setting', {
    message: 'The network and the subnet are of different projects.',
    hint: 'Give both with their full paths: --network projects/HOST/global/networks/NAME --subnet projects/HOST/regions/REGION/subnetworks/NAME',
  });
}
