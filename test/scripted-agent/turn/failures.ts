export const FAILURE_KINDS = [
  '400',
  '401',
  '401-oauth',
  'not-logged-in',
  '429',
  '429-subscription',
  '500',
  '503',
  '529',
  'credit',
  'limit-5h',
  'limit-weekly',
  'limit-opus',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** How Claude Code 2.1.330 shows and records one error (corpus/, facts/agents.md section 7). */
export interface Failure {
  /** A row under the prompt, or an answer of its own. */
  readonly row: 'notice' | 'api-error';
  readonly shown: string;
  /** What the transcript and the hook say; mostly what is shown. */
  readonly recorded: string;
  /** `error` of the record and of the StopFailure hook. */
  readonly error: string;
  readonly status: number | null;
  readonly errorType: string | null;
  /** More keys of the transcript's record. */
  readonly extra: Readonly<Record<string, unknown>>;
  readonly retries: number;
  /** What stands behind `✻` from the third try on. */
  readonly retrying: string;
  /** Suggested in the empty box afterwards. */
  readonly ghost: string | null;
  /** Set for a limit: the window that is used up. */
  readonly window: LimitWindow | null;
}

export type LimitWindow = 'five_hour' | 'seven_day' | 'seven_day_opus';

const RESEND = 'Resend your message to try again';
const ONCE_FIXED = 'Once fixed, resend your message';
const GATEWAY = 'If it persists, check your inference gateway (127.0.0.1:8787).';

const BASE: Omit<Failure, 'shown' | 'recorded' | 'error'> = {
  row: 'api-error',
  status: null,
  errorType: null,
  extra: {},
  retries: 0,
  retrying: 'API error',
  ghost: RESEND,
  window: null,
};

/** Every failure but the limits, whose words hold the reset (`limitFailure`). */
export const FAILURES: Readonly<Record<Exclude<FailureKind, LimitKind>, Failure>> = {
  '400': {
    ...said('API Error: 400 note: invalid request'),
    error: 'unknown',
    status: 400,
    errorType: 'invalid_request_error',
    ghost: null,
  },
  '401': {
    ...said('Invalid API key · Fix external API key'),
    row: 'notice',
    error: 'authentication_failed',
    status: 401,
    errorType: 'authentication_error',
    retries: 10,
    ghost: ONCE_FIXED,
  },
  '401-oauth': {
    ...said(
      'Please run /login · API Error: 401 OAuth token has expired. Please obtain a new token or refresh your existing token.',
    ),
    error: 'authentication_failed',
    status: 401,
    errorType: 'authentication_error',
    retries: 2,
    ghost: ONCE_FIXED,
  },
  'not-logged-in': {
    ...said('Not logged in · Please run /login'),
    row: 'notice',
    error: 'authentication_failed',
    status: 401,
    errorType: 'authentication_error',
    ghost: ONCE_FIXED,
  },
  '429': {
    ...said(
      'API Error: Request rejected (429) · This request would exceed your organization’s rate limit of 50,000 input tokens per minute.',
    ),
    error: 'rate_limit',
    status: 429,
    errorType: 'rate_limit_error',
    extra: { apiErrorIsTransient: false },
    retries: 10,
  },
  '429-subscription': {
    ...said(
      'API Error: Server is temporarily limiting requests (not your usage limit) · Rate limited. Please try again in a moment.',
    ),
    error: 'rate_limit',
    status: 429,
    errorType: 'rate_limit_error',
    extra: { apiErrorIsTransient: true },
    retries: 10,
  },
  '500': {
    ...said(
      `API Error: 500 Internal server error. This is a server-side issue, usually temporary — try again in a moment. ${GATEWAY}`,
    ),
    error: 'server_error',
    status: 500,
    errorType: 'api_error',
    retries: 10,
    retrying: '500 Internal server error',
  },
  '503': {
    ...said(
      `API Error: 503 Service unavailable. This is a server-side issue, usually temporary — try again in a moment. ${GATEWAY}`,
    ),
    error: 'server_error',
    status: 503,
    errorType: 'api_error',
    retries: 10,
    retrying: '503 Service unavailable',
  },
  '529': {
    ...said(
      `API Error: Repeated 529 Overloaded errors. The API is at capacity — this is usually temporary. Try again in a moment. ${GATEWAY}`,
    ),
    error: 'server_error',
    status: 529,
    errorType: 'overloaded_error',
    retries: 2,
    retrying: '529 Overloaded',
  },
  credit: {
    ...BASE,
    row: 'notice',
    shown: 'Credit balance too low · Add funds: https://platform.claude.com/settings/billing',
    recorded: 'Credit balance is too low',
    error: 'billing_error',
    status: 400,
    errorType: 'invalid_request_error',
    extra: { resendCannotCure: true },
    ghost: ONCE_FIXED,
  },
};

type LimitKind = 'limit-5h' | 'limit-weekly' | 'limit-opus';

const LIMITS: Readonly<Record<LimitKind, { readonly name: string; readonly window: LimitWindow }>> = {
  'limit-5h': { name: '5-hour', window: 'five_hour' },
  'limit-weekly': { name: 'weekly', window: 'seven_day' },
  'limit-opus': { name: 'Opus', window: 'seven_day_opus' },
};

/** The failure of a kind; `resetsAt` (epoch seconds) and its words count for limits only. */
export function failureOf(kind: FailureKind, resetsAt: number, resetWords: string): Failure {
  if (kind !== 'limit-5h' && kind !== 'limit-weekly' && kind !== 'limit-opus') return FAILURES[kind];
  const { name, window } = LIMITS[kind];
  const refused = {
    status: 'rejected',
    resetsAt,
    rateLimitType: window,
    overageStatus: 'rejected',
    overageDisabledReason: 'org_level_disabled',
    isUsingOverage: false,
  };
  return {
    ...said(`You've hit your ${name} limit · resets ${resetWords}`),
    row: 'notice',
    error: 'rate_limit',
    status: 429,
    errorType: 'rate_limit_error',
    extra: {
      apiError: 'usage_limit_reached',
      apiErrorParams: { rate_limit_info: refused },
      quotaLimits: { ...refused, unifiedRateLimitFallbackAvailable: false },
    },
    ghost: null,
    window,
  };
}

/** Seconds before each retry, as measured; about 180 s in all. */
export const RETRY_SECONDS = [0.6, 1, 2, 4, 9, 18, 35, 35, 35, 35] as const;

function said(words: string): Omit<Failure, 'error'> {
  return { ...BASE, shown: words, recorded: words };
}
