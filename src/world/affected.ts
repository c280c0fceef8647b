// Which campaigns a change of the configuration may matter to: their waiting leads are tried again.

import type { CampaignId } from '../domain/ids.ts';
import type { World } from '../domain/world/world.ts';
import type { WorldChange } from './issues.ts';

/**
 * The campaigns of the new world whose routing may come out differently, sorted. What cannot be
 * told from the place of a change counts for all of them; names and keys count for none.
 */
export function affectedCampaigns(changes: readonly WorldChange[], world: World): CampaignId[] {
  const { campaigns, contracts, sources } = world;
  const all = Object.keys(campaigns);
  const ofContracts = (isMeant: (id: string) => boolean) =>
    Object.keys(contracts).flatMap((id) => (isMeant(id) ? (contracts[id]?.campaign ?? []) : []));
  const found = changes.flatMap(({ path }): readonly CampaignId[] => {
    const [section, id = '', setting] = path.split(/[.[]/);
    if (setting === 'name' || setting === 'keys') return [];
    switch (section) {
      case 'name':
      case 'operators':
        return [];
      case 'campaigns':
        return id in campaigns ? [id] : all;
      case 'contracts':
        return id === '' ? all : ofContracts((contractId) => contractId === id);
      case 'buyers':
        return id === '' ? all : ofContracts((contractId) => contracts[contractId]?.buyer === id);
      case 'sources':
        return sources[id]?.campaigns ?? all;
      default:
        return all;
    }
  });
  return [...new Set(found)].sort();
}
