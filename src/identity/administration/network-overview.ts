/** Members and keys. */
export interface NetworkOverview {
  readonly members: readonly { readonly organisation: string; readonly status: string }[];
  readonly keys: readonly {
    readonly use: string;
    readonly algorithm: string;
    readonly key: string;
    readonly from: number;
    readonly until?: number | undefined;
  }[];
}
