import type { DirectoryService } from './directory-service.ts';
import type { GraphReply } from './graph-service.ts';
import { type Begin, type CallOptions, callOptions } from './ports.ts';

/** The directory as an instance calls it, with a token that lives for a while whatever is granted meanwhile. */
export interface DirectoryPort {
  readonly find: (query: string, options?: CallOptions) => Promise<GraphReply>;
  /** Whether its token has the permission to read users. */
  readonly mayRead: () => boolean;
  readonly renewToken: () => void;
}

/** What the directory answers when it turns a request down. */
export const directoryRefusals: readonly GraphReply[] = [
  { status: 429, code: 'TooManyRequests', retryAfter: 7 },
  { status: 429, code: 'TooManyRequests' },
  { status: 503, code: 'ServiceUnavailable' },
  { status: 500, code: 'InternalServerError' },
  { status: 403, code: 'Authorization_RequestDenied' },
  { status: 401, code: 'InvalidAuthenticationToken' },
];

export function createDirectoryPort(
  begin: Begin,
  directory: DirectoryService,
  refuse: () => GraphReply,
): DirectoryPort {
  let { mayRead } = directory.grant;
  return {
    mayRead: () => mayRead,
    renewToken: () => {
      mayRead = directory.grant.mayRead;
    },
    find: (query, options) =>
      begin<GraphReply>({
        service: 'directory',
        label: () => `Entra ID: ${decodeURIComponent(query)}${mayRead ? '' : ' (without the permission)'}`,
        isRead: true,
        perform: () => directory.handle(query, mayRead),
        refuse,
        broken: () => Object.assign(new Error('no answer'), { step: 'sent' }),
        ...callOptions(options),
      }),
  };
}
