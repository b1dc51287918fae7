//! The event types that the sample holds, and which members each of them has. Codes and members follow
//! Auth0's published log schemas; the project's list of all codes is not here.

/// A type of event.
pub(super) struct Type {
    pub(super) code: &'static str,
    pub(super) description: &'static str,
    /// Members beside those that every entry has, as a set of the bits below.
    members: u32,
    pub(super) details: Details,
    pub(super) outcome: Outcome,
}

/// Whether it was someone's attempt to sign in.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Outcome {
    SignedIn,
    Refused,
    Other,
}

/// The form of the member `details`.
#[derive(Clone, Copy)]
pub(super) enum Details {
    Prompts,
    LoginError,
    Reason,
    Code,
    Refresh,
    Executions,
    Logout,
    SignUp,
    Email,
    PasswordReset,
    Guardian,
    Flow,
    Sentence,
    ManagementCall,
    Limit,
    Deprecation,
    Warning,
    Notification,
    Link,
    Removal,
}

pub(super) const CLIENT: u32 = 1;
pub(super) const CONNECTION: u32 = 1 << 1;
pub(super) const STRATEGY: u32 = 1 << 2;
pub(super) const USER: u32 = 1 << 3;
pub(super) const ORGANIZATION: u32 = 1 << 4;
pub(super) const AUDIENCE: u32 = 1 << 5;
pub(super) const SCOPE: u32 = 1 << 6;
pub(super) const IP: u32 = 1 << 7;
pub(super) const CLIENT_IP: u32 = 1 << 8;
pub(super) const HOST: u32 = 1 << 9;
pub(super) const SDK: u32 = 1 << 10;
pub(super) const SECURITY: u32 = 1 << 11;
pub(super) const REFERENCES: u32 = 1 << 12;
pub(super) const LOCATION: u32 = 1 << 13;

/// What a person's step in a browser has.
const PERSON: u32 = CLIENT | CONNECTION | USER | IP | LOCATION;
/// What a call to the token endpoint has.
const EXCHANGE: u32 = CLIENT | CONNECTION | USER | IP | CLIENT_IP | HOST | AUDIENCE | SDK;
const MACHINE: u32 = CLIENT | IP | CLIENT_IP | HOST | AUDIENCE | SCOPE | SDK | SECURITY;
const SECOND_FACTOR: u32 = USER | IP | REFERENCES;

impl Type {
    pub(super) fn has(&self, member: u32) -> bool {
        self.members & member != 0
    }

    const fn new(
        code: &'static str,
        description: &'static str,
        members: u32,
        details: Details,
    ) -> Type {
        Type { code, description, members, details, outcome: Outcome::Other }
    }

    const fn outcome(self, outcome: Outcome) -> Type {
        Type { outcome, ..self }
    }
}

macro_rules! types {
    ($($name:ident = $code:literal, $description:literal, $members:expr, $details:ident, $outcome:ident;)*) => {
        $(pub(super) static $name: Type =
            Type::new($code, $description, $members, Details::$details).outcome(Outcome::$outcome);)*
    };
}

types! {
    LOGIN = "s", "", PERSON | STRATEGY | ORGANIZATION | HOST | SDK | SECURITY | REFERENCES, Prompts, SignedIn;
    LOGIN_FAILED = "f", "Access denied by policy", PERSON | STRATEGY | ORGANIZATION | SCOPE | HOST | SDK | SECURITY, LoginError, Refused;
    WRONG_PASSWORD = "fp", "Wrong email or password.", PERSON | STRATEGY | HOST | SECURITY | REFERENCES, Reason, Refused;
    UNKNOWN_USER = "fu", "Wrong email or password.", PERSON | STRATEGY | HOST | SECURITY, Reason, Refused;
    CODE_EXCHANGE = "seacft", "", EXCHANGE | SECURITY | SCOPE | ORGANIZATION, Code, Other;
    CODE_EXCHANGE_FAILED = "feacft", "Invalid authorization code", EXCHANGE | SECURITY, Code, Other;
    REFRESH = "sertft", "", EXCHANGE | SCOPE | ORGANIZATION, Refresh, Other;
    REFRESH_FAILED = "fertft", "Unknown or invalid refresh token.", EXCHANGE | SCOPE, Refresh, Other;
    MACHINE_TOKEN = "seccft", "", MACHINE, Executions, Other;
    MACHINE_TOKEN_FAILED = "feccft", "Unauthorized", MACHINE, Flow, Other;
    SILENT = "ssa", "", (PERSON | HOST | SDK | ORGANIZATION) & !CONNECTION, Prompts, Other;
    SILENT_FAILED = "fsa", "Login required", (PERSON | HOST | SDK | AUDIENCE | SCOPE) & !CONNECTION, Flow, Other;
    LOGOUT = "slo", "User successfully logged out", PERSON | HOST | SDK, Logout, Other;
    LOGOUT_FAILED = "flo", "The \"returnTo\" querystring parameter is not defined as a valid URL in \"Allowed Logout URLs\"", PERSON | HOST | SDK, Logout, Other;
    SIGN_UP = "ss", "", PERSON | STRATEGY | HOST | SDK | SECURITY | REFERENCES, SignUp, Other;
    SIGN_UP_FAILED = "fs", "The user already exists.", PERSON | STRATEGY | SECURITY, Flow, Other;
    EMAIL_VERIFIED = "sv", "Your email was verified. You can continue using the application.", PERSON | STRATEGY, Email, Other;
    RESET_REQUESTED = "scpr", "", PERSON | STRATEGY | REFERENCES, PasswordReset, Other;
    PASSWORD_CHANGED = "scp", "You can now login to the application with the new password.", PERSON | STRATEGY, Email, Other;
    FACTOR_STARTED = "gd_start_auth", "Second factor authentication started", SECOND_FACTOR | CONNECTION, Guardian, Other;
    FACTOR_PUSHED = "gd_send_pn", "Guardian - Push notification sent", SECOND_FACTOR, Guardian, Other;
    FACTOR_PASSED = "gd_auth_succeed", "Guardian - Second factor authentication succeeded", SECOND_FACTOR | LOCATION, Guardian, Other;
    FACTOR_FAILED = "gd_auth_failed", "Guardian - Second factor authentication failed", SECOND_FACTOR | CLIENT | CONNECTION, Guardian, Other;
    ADDRESS_BLOCKED = "limit_mu", "Too many failed login attempts from one address", CLIENT | CONNECTION | IP | HOST | SECURITY | LOCATION, Flow, Other;
    ACCOUNT_BLOCKED = "limit_wc", "Too many failed login attempts for one account", PERSON | HOST | SECURITY, Sentence, Other;
    LEAKED_PASSWORD = "pwd_leak", "Login with a leaked password", PERSON | HOST | SECURITY, Sentence, Other;
    MANAGEMENT = "sapi", "", CLIENT | IP | SDK | REFERENCES, ManagementCall, Other;
    MANAGEMENT_FAILED = "fapi", "", CLIENT | IP | SDK, ManagementCall, Other;
    RATE_LIMIT = "api_limit", "Global per second rate limit reached", CLIENT | HOST, Limit, Other;
    DEPRECATION = "depnote", "Legacy logs search engine: See details.feature for more information", CLIENT | IP | SDK, Deprecation, Other;
    WARNING = "w", "The \"openid\" scope was not requested: no ID token was issued", PERSON | STRATEGY | AUDIENCE | SCOPE, Warning, Other;
    MAIL_FAILED = "fn", "Failed to send email notification", CLIENT | IP, Notification, Other;
    LINK_SENT = "cls", "Passwordless login code/link has been sent", PERSON | STRATEGY | REFERENCES, Link, Other;
    USER_DELETED = "sdu", "User successfully deleted", (PERSON | STRATEGY) & !CLIENT, Removal, Other;
}
