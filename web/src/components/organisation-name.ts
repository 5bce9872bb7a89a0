import { useQuery } from '@tanstack/react-query';
import { fetchNetwork, type Network } from '../api/network.ts';

/** Gives an organisation's name, or its id where the network does not list it. */
export type NameOf = (organisation: string) => string;

/** The names of a network's organisations. */
export const namesOf =
  (network: Network | undefined): NameOf =>
  (organisation) =>
    network?.organisations.find(({ id }) => id === organisation)?.name ?? organisation;

/** What the node says of its network, fetched once a visit. */
export const useNetwork = () => useQuery({ queryKey: ['network'], queryFn: fetchNetwork });
