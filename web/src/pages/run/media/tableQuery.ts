import { queryOptions } from "@tanstack/react-query";
import { fetchBytes } from "../../../api/files";
import { parseTable } from "./tableFile";

/** A logged table by the address of its file. */
export const tableQuery = (address: string) =>
  queryOptions({
    queryKey: ["table", address],
    queryFn: async ({ signal }) => parseTable(await fetchBytes(address, signal)),
    staleTime: Number.POSITIVE_INFINITY, // its name holds a hash of what is in it
    gcTime: 60_000,
  });
