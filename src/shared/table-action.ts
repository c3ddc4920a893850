/** An entity of Table storage: its keys and any other properties. */
export interface TableEntity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly [property: string]: unknown;
}

/** An entity as the service returns it. */
export interface StoredEntity extends TableEntity {
  readonly etag: string;
}

/** A change of one entity; `etag`: the version that must be there, `*` for any. */
export type TableAction =
  | { readonly kind: 'insert'; readonly entity: TableEntity }
  | { readonly kind: 'replace'; readonly entity: TableEntity; readonly etag: string }
  | { readonly kind: 'upsert'; readonly entity: TableEntity }
  | {
      readonly kind: 'delete';
      readonly partitionKey: string;
      readonly rowKey: string;
      readonly etag: string;
    };
