/** The app's tables; apart from the SDKs, so that the pure rules can name theirs. */
export const ledgerTable = 'externalGroupLedger';
export const operationsTable = 'externalGroupOperations';
