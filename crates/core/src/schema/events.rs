//! Auth0's event codes: what each is called, what it is about, and how it went. It says nothing of an entry's shape.
//!
//! Codes and names are those that Auth0 publishes in its list of log event type codes and in its log schemas
//! (`auth0/auth0-log-schemas`), retired codes included, since old logs hold them. Where Auth0 gives one name to
//! several codes, what tells them apart follows in parentheses; where it gives none, the name is in its manner.
//! Categories and outcomes are ours, near Auth0's log stream filters (`auth.login.fail`, `auth.token_exchange.success`)
//! but finer: its `user.*` is split, and a step of a login is no login.

use core::fmt;

use Category::{
    Account, ApiOperation, AttackProtection, AuthorizationRequest, EmailVerification,
    Extensibility, KeyManagement, Login, LoginStep, Logout, Mfa, Notification, Organization,
    Password, Provisioning, RateLimit, Signup, SilentAuth, System, TokenExchange,
};
use Outcome::{Failure, Success, Warning};

/// What one event code, the `type` of an Auth0 log entry, stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The code as entries carry it: `fp`.
    pub code: &'static str,
    /// The name as a person reads it, of no other code: `Failed Login (Incorrect Password)`.
    pub name: &'static str,
    /// What it is about.
    pub category: Category,
    /// How it went.
    pub outcome: Outcome,
    /// Whether Auth0 no longer emits it.
    pub retired: bool,
}

/// The event of that code, in its exact case; `None` when Auth0 has published no such code.
///
/// ```
/// use trailsift_core::events::{Category, Outcome, event};
///
/// let wrong_password = event("fp").unwrap();
/// assert_eq!(wrong_password.name, "Failed Login (Incorrect Password)");
/// assert_eq!(wrong_password.category, Category::Login);
/// assert_eq!(wrong_password.outcome, Outcome::Failure);
/// assert!(event("FP").is_none());
/// ```
#[must_use]
pub fn event(code: &str) -> Option<&'static Event> {
    let place = EVENTS.binary_search_by(|event| event.code.cmp(code)).ok()?;
    EVENTS.get(place)
}

/// What an event is about. Each event has exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// `login`: a login that came to its end, with success or without.
    Login,
    /// `login-step`: a step on the way to a login: a code or link sent, a passkey challenge, right credentials.
    LoginStep,
    /// `logout`: the end of a session, here, at an application or at an upstream identity provider.
    Logout,
    /// `signup`: a user who registers.
    Signup,
    /// `silent-auth`: an application that asks for tokens by a session that exists, without a prompt.
    SilentAuth,
    /// `authorization-request`: a request for which a token may follow, and the user's consent to it: pushed requests,
    /// devices, back-channel authentication (CIBA), rich consents.
    AuthorizationRequest,
    /// `token-exchange`: a grant, password or token traded for a token, and a token revoked.
    TokenExchange,
    /// `mfa`: a second factor asked for, sent or checked, and authenticators enrolled, changed or removed.
    Mfa,
    /// `password`: a password changed, or a change of it asked for.
    Password,
    /// `email-verification`: the mail that proves a user's address, and the use of its link.
    EmailVerification,
    /// `account`: a user's record, made otherwise than by signing up, changed, linked or deleted.
    Account,
    /// `organization`: membership in an organization: invitations accepted, members added.
    Organization,
    /// `attack-protection`: attacks seen, addresses and accounts blocked for them, and blocks released.
    AttackProtection,
    /// `rate-limit`: more requests or messages than are allowed, or nearly so, with no attack presumed.
    RateLimit,
    /// `api-operation`: a call of the Management API.
    ApiOperation,
    /// `key-management`: the tenant's encryption keys.
    KeyManagement,
    /// `provisioning`: users and connections that come from a company's directory: AD/LDAP connectors, SCIM, directory
    /// synchronisation, set-up of single sign-on by the company itself.
    Provisioning,
    /// `extensibility`: the tenant's own code and screens: Actions, Hooks, Flows, Forms, custom login pages.
    Extensibility,
    /// `notification`: mail and messages to users that no other category holds.
    Notification,
    /// `system`: the tenant and the service as such: updates, domains, deprecations, clean-ups.
    System,
}

impl Category {
    /// Every category, in the order in which a person would read them.
    pub const ALL: &'static [Self] = &[
        Login,
        LoginStep,
        Logout,
        Signup,
        SilentAuth,
        AuthorizationRequest,
        TokenExchange,
        Mfa,
        Password,
        EmailVerification,
        Account,
        Organization,
        AttackProtection,
        RateLimit,
        ApiOperation,
        KeyManagement,
        Provisioning,
        Extensibility,
        Notification,
        System,
    ];

    /// The text as a query writes it: `api-operation`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Login => "login",
            LoginStep => "login-step",
            Logout => "logout",
            Signup => "signup",
            SilentAuth => "silent-auth",
            AuthorizationRequest => "authorization-request",
            TokenExchange => "token-exchange",
            Mfa => "mfa",
            Password => "password",
            EmailVerification => "email-verification",
            Account => "account",
            Organization => "organization",
            AttackProtection => "attack-protection",
            RateLimit => "rate-limit",
            ApiOperation => "api-operation",
            KeyManagement => "key-management",
            Provisioning => "provisioning",
            Extensibility => "extensibility",
            Notification => "notification",
            System => "system",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How an event went. Each event has exactly one.
///
/// There is no fourth for what merely happened. A step that started, a message that was sent and a plain report did
/// take place, and are successes; a notice that asks somebody to act is a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// `success`: it took place.
    Success,
    /// `failure`: it did not take place, or stopped working: an error, or a refusal by the service or by the user.
    Failure,
    /// `warning`: an attack, a limit reached or near, or a notice. It may come with a failure that has its own event.
    Warning,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: &'static [Self] = &[Success, Failure, Warning];

    /// The text as a query writes it: `failure`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Success => "success",
            Failure => "failure",
            Warning => "warning",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const fn e(code: &'static str, name: &'static str, category: Category, outcome: Outcome) -> Event {
    Event { code, name, category, outcome, retired: false }
}

const fn retired(event: Event) -> Event {
    Event { retired: true, ..event }
}

/// Every code that Auth0 has published, sorted by code.
#[rustfmt::skip] // a row a line, however long
pub static EVENTS: &[Event] = &[
    e("acls_summary", "Network ACLs Summary", AttackProtection, Success),
    e("actions_execution_failed", "Actions Execution Failed", Extensibility, Failure),
    e("acul_sdk_notice", "ACUL SDK Notice", Extensibility, Warning),
    retired(e("admin_update_launch", "Auth0 Update Launched", System, Success)),
    e("api_limit", "Rate Limit on the Authentication or Management APIs", RateLimit, Warning),
    e("api_limit_warning", "Rate Limit Warning on the Authentication or Management APIs", RateLimit, Warning),
    e("appi", "Notice for API Peak Performance initiated", RateLimit, Warning),
    e("ciba_exchange_failed", "Failed CIBA Exchange", TokenExchange, Failure),
    e("ciba_exchange_succeeded", "Successful CIBA Exchange", TokenExchange, Success),
    e("ciba_start_failed", "Failed CIBA Start", AuthorizationRequest, Failure),
    e("ciba_start_succeeded", "Successful CIBA Start", AuthorizationRequest, Success),
    e("cls", "Code/Link Sent", LoginStep, Success),
    retired(e("coff", "Connector Offline", Provisioning, Failure)),
    retired(e("con", "Connector Online", Provisioning, Success)),
    e("connected_accounts_connection_failed", "Failed Connected Account Connection", Account, Failure),
    e("connected_accounts_connection_succeeded", "Successful Connected Account Connection", Account, Success),
    e("connected_accounts_delete_failed", "Failed Connected Account Delete", Account, Failure),
    e("connected_accounts_delete_succeeded", "Successful Connected Account Delete", Account, Success),
    e("cs", "Code Sent", LoginStep, Success),
    e("custom_domain_verification_failed", "Custom Domain Verification Failed", System, Failure),
    e("depnote", "Deprecation Notice", System, Warning),
    e("directory_sync_completed", "Inbound Directory Sync Completed", Provisioning, Success),
    e("directory_sync_failed", "Inbound Directory Sync Failed", Provisioning, Failure),
    e("directory_sync_started", "Inbound Directory Sync Started", Provisioning, Success),
    retired(e("du", "Deleted User", Account, Success)),
    e("f", "Failed Login", Login, Failure),
    e("failed_on_behalf_of_token_exchange", "Failed Exchange (On-Behalf-Of)", TokenExchange, Failure),
    retired(e("fapi", "Failed API Operation", ApiOperation, Failure)),
    e("fc", "Failed by Connector", Login, Failure),
    e("fce", "Failed Change Email", Account, Failure),
    e("fco", "Failed by CORS", Login, Failure),
    e("fcoa", "Failed cross-origin authentication", Login, Failure),
    e("fcp", "Failed Change Password", Password, Failure),
    e("fcph", "Failed Post Change Password Hook", Extensibility, Failure),
    e("fcpn", "Failed Change Phone Number", Account, Failure),
    e("fcpr", "Failed Change Password Request", Password, Failure),
    e("fcpro", "Failed Connector Provisioning", Provisioning, Failure),
    e("fcu", "Failed Change Username", Account, Failure),
    e("fd", "Failed Delegation", TokenExchange, Failure),
    e("fdeac", "Failed Device Activation", AuthorizationRequest, Failure),
    e("fdeaz", "Failed Device Authorization Request", AuthorizationRequest, Failure),
    e("fdecc", "User Canceled Device Confirmation", AuthorizationRequest, Failure),
    e("fdeleacft", "Failed Exchange (Delegated Authorization Code)", TokenExchange, Failure),
    e("fdelsa", "Failed Delegated Silent Auth", SilentAuth, Failure),
    e("fdu", "Failed User Deletion", Account, Failure),
    e("feacft", "Failed Exchange (Authorization Code)", TokenExchange, Failure),
    e("feccft", "Failed Exchange (Client Credentials)", TokenExchange, Failure),
    e("fecte", "Failed Exchange (Custom Token)", TokenExchange, Failure),
    e("fede", "Failed Exchange (Device Code)", TokenExchange, Failure),
    e("federated_logout_failed", "Failed Federated Logout", Logout, Failure),
    e("fens", "Failed Exchange (Native Social Login)", Login, Failure),
    e("feoobft", "Failed Exchange (Password and OOB Challenge)", TokenExchange, Failure),
    e("feotpft", "Failed Exchange (Password and OTP Challenge)", TokenExchange, Failure),
    e("fepft", "Failed Exchange (Password)", TokenExchange, Failure),
    e("fepotpft", "Failed Exchange (Passwordless OTP)", TokenExchange, Failure),
    e("fercft", "Failed Exchange (Password and MFA Recovery Code)", TokenExchange, Failure),
    e("ferrt", "Failed Exchange (Rotating Refresh Token)", TokenExchange, Failure),
    e("fertft", "Failed Exchange (Refresh Token)", TokenExchange, Failure),
    e("feta", "Failed Exchange (Token Vault)", TokenExchange, Failure),
    e("fi", "Failed invite accept", Organization, Failure),
    e("flo", "Failed Logout", Logout, Failure),
    e("flows_execution_completed", "Flows Execution Completed", Extensibility, Success),
    e("flows_execution_failed", "Flows Execution Failed", Extensibility, Failure),
    e("fn", "Failed Sending Notification", Notification, Failure),
    e("forms_submission_failed", "Forms Submission Failed", Extensibility, Failure),
    e("forms_submission_succeeded", "Forms Submission Succeeded", Extensibility, Success),
    e("fp", "Failed Login (Incorrect Password)", Login, Failure),
    e("fpar", "Failed Pushed Authorization Request", AuthorizationRequest, Failure),
    e("fpurh", "Failed Post User Registration Hook", Extensibility, Failure),
    e("fs", "Failed Signup", Signup, Failure),
    e("fsa", "Failed Silent Auth", SilentAuth, Failure),
    e("fscim", "Failed SCIM Operation", Provisioning, Failure),
    e("fu", "Failed Login (Invalid Email/Username)", Login, Failure),
    e("fui", "Failed users import", Account, Failure),
    e("fv", "Failed Verification Email", EmailVerification, Failure),
    e("fvr", "Failed Verification Email Request", EmailVerification, Failure),
    e("gd_auth_email_verification", "Email Verification Confirmed", Mfa, Success),
    e("gd_auth_fail_email_verification", "Email Verification Failed (Confirming)", Mfa, Failure),
    e("gd_auth_failed", "MFA Auth failed", Mfa, Failure),
    e("gd_auth_rejected", "MFA Auth rejected", Mfa, Failure),
    e("gd_auth_succeed", "MFA Auth success", Mfa, Success),
    e("gd_enrollment_complete", "MFA enrollment complete", Mfa, Success),
    retired(e("gd_module_switch", "Module switch", Mfa, Success)),
    e("gd_otp_rate_limit_exceed", "Too many MFA failures", Mfa, Warning),
    e("gd_recovery_failed", "Recovery failed", Mfa, Failure),
    e("gd_recovery_rate_limit_exceed", "Multi-factor recovery code has failed too many times", Mfa, Warning),
    e("gd_recovery_succeed", "MFA recovery success", Mfa, Success),
    e("gd_send_email", "MFA Email Sent", Mfa, Success),
    e("gd_send_email_verification", "Email Verification Sent", Mfa, Success),
    e("gd_send_email_verification_failure", "Email Verification Failed (Sending)", Mfa, Failure),
    e("gd_send_pn", "Push notification sent", Mfa, Success),
    e("gd_send_pn_failure", "Error Sending MFA Push Notification", Mfa, Failure),
    e("gd_send_sms", "MFA SMS Sent", Mfa, Success),
    e("gd_send_sms_failure", "Error Sending MFA SMS", Mfa, Failure),
    e("gd_send_voice", "MFA voice call success", Mfa, Success),
    e("gd_send_voice_failure", "MFA voice call failed", Mfa, Failure),
    e("gd_start_auth", "Second factor started", Mfa, Success),
    e("gd_start_enroll", "MFA Enroll started", Mfa, Success),
    e("gd_start_enroll_failed", "MFA Enrollment Failed", Mfa, Failure),
    e("gd_tenant_update", "Guardian tenant update", Mfa, Success),
    e("gd_unenroll", "Unenroll device account", Mfa, Success),
    e("gd_update_device_account", "Update device account", Mfa, Success),
    retired(e("gd_user_delete", "User delete", Mfa, Success)),
    e("gd_webauthn_challenge_failed", "WebAuthn browser error (Challenge)", Mfa, Failure),
    e("gd_webauthn_enrollment_failed", "WebAuthn browser error (Enrollment)", Mfa, Failure),
    e("idjag_exchange_failed", "Failed Exchange (Identity Assertion)", TokenExchange, Failure),
    e("idjag_exchange_succeeded", "Success Exchange (Identity Assertion)", TokenExchange, Success),
    e("jwt_bearer_exchange_failed", "Failed Exchange (JWT Bearer Assertion)", TokenExchange, Failure),
    e("kms_key_management_failure", "Failed KMS API Operation", KeyManagement, Failure),
    e("kms_key_management_success", "Success KMS API Operation", KeyManagement, Success),
    e("kms_key_state_changed", "KMS Key State Change", KeyManagement, Success),
    e("limit_delegation", "Too Many Calls to /delegation", RateLimit, Warning),
    e("limit_mu", "Blocked IP Address", AttackProtection, Warning),
    e("limit_phone", "Too Many SMS Messages or Voice Calls", RateLimit, Warning),
    e("limit_sul", "Blocked Account (Too Many Logins)", AttackProtection, Warning),
    e("limit_ui", "Too Many Calls to /userinfo", RateLimit, Warning),
    e("limit_wc", "Blocked Account (Too Many Failed Logins)", AttackProtection, Warning),
    e("mfar", "MFA Required", Mfa, Success),
    e("mgmt_api_read", "Management API read Operation", ApiOperation, Success),
    e("my_account_authentication_method_failed", "Failed authentication method operation in My Account API", Mfa, Failure),
    e("my_account_authentication_method_succeeded", "Successful authentication method operation in My Account API", Mfa, Success),
    e("oidc_backchannel_logout_failed", "Failed OIDC Back-Channel Logout request", Logout, Failure),
    e("oidc_backchannel_logout_succeeded", "Successful OIDC Back-Channel Logout request", Logout, Success),
    e("organization_member_added", "Organization Member Added", Organization, Success),
    e("passkey_challenge_failed", "Passkey Challenge Failed", LoginStep, Failure),
    e("passkey_challenge_started", "Passkey Challenge Started", LoginStep, Success),
    e("pla", "Pre-login assessment", AttackProtection, Success),
    e("pwd_leak", "Breached password", AttackProtection, Warning),
    e("reset_pwd_leak", "Breached Password on Reset", AttackProtection, Warning),
    e("resource_cleanup", "Success Resource Cleanup", System, Success),
    e("rich_consents_access_error", "Rich Consents Access Error", AuthorizationRequest, Failure),
    e("s", "Success Login", Login, Success),
    e("sapi", "Success API Operation", ApiOperation, Success),
    e("sce", "Success Change Email", Account, Success),
    e("scoa", "Success cross-origin authentication", Login, Success),
    e("scp", "Success Change Password", Password, Success),
    retired(e("scph", "Success Post Change Password Hook", Extensibility, Success)),
    e("scpn", "Success Change Phone Number", Account, Success),
    e("scpr", "Success Change Password Request", Password, Success),
    e("scu", "Success Change Username", Account, Success),
    e("scv", "Success Credential Validation", LoginStep, Success),
    e("sd", "Success Delegation", TokenExchange, Success),
    e("sdel", "Success Delegated Login", Login, Success),
    e("sdeleacft", "Success Exchange (Delegated Authorization Code)", TokenExchange, Success),
    e("sdelsa", "Success Delegated Silent Auth", SilentAuth, Success),
    e("sdu", "Success User Deletion", Account, Success),
    e("seacft", "Success Exchange (Authorization Code)", TokenExchange, Success),
    e("seccft", "Success Exchange (Client Credentials)", TokenExchange, Success),
    e("secte", "Success Exchange (Custom Token)", TokenExchange, Success),
    e("sede", "Success Exchange (Device Code)", TokenExchange, Success),
    e("sens", "Success Exchange (Native Social Login)", Login, Success),
    e("seoobft", "Success Exchange (Password and OOB Challenge)", TokenExchange, Success),
    e("seotpft", "Success Exchange (Password and OTP Challenge)", TokenExchange, Success),
    e("sepft", "Success Exchange (Password)", TokenExchange, Success),
    e("sepkoobft", "Success Exchange (Passkey and OOB Challenge)", TokenExchange, Success),
    e("sepkotpft", "Success Exchange (Passkey and OTP Challenge)", TokenExchange, Success),
    e("sepkrcft", "Success Exchange (Passkey and MFA Recovery Code)", TokenExchange, Success),
    e("sercft", "Success Exchange (Password and MFA Recovery Code)", TokenExchange, Success),
    e("sertft", "Success Exchange (Refresh Token)", TokenExchange, Success),
    e("seta", "Success Exchange (Token Vault)", TokenExchange, Success),
    e("si", "Successfully accepted a user invite", Organization, Success),
    e("signup_pwd_leak", "Breached Password on Signup", AttackProtection, Warning),
    e("slo", "Success Logout", Logout, Success),
    e("srrt", "Successfully revoked a refresh token", TokenExchange, Success),
    e("ss", "Success Signup", Signup, Success),
    e("ss_sso_failure", "Failed SS-SSO Operation", Provisioning, Failure),
    e("ss_sso_info", "Information from an SS-SSO Operation", Provisioning, Success),
    e("ss_sso_success", "Success SS-SSO Operation", Provisioning, Success),
    e("ssa", "Success Silent Auth", SilentAuth, Success),
    e("sscim", "Successful SCIM Operation", Provisioning, Success),
    e("success_on_behalf_of_token_exchange", "Success Exchange (On-Behalf-Of)", TokenExchange, Success),
    e("sui", "Successfully imported users", Account, Success),
    e("sv", "Success Verification Email", EmailVerification, Success),
    e("svr", "Success Verification Email Request", EmailVerification, Success),
    retired(e("sys_os_update_end", "Auth0 OS Update Ended", System, Success)),
    retired(e("sys_os_update_start", "Auth0 OS Update Started", System, Success)),
    retired(e("sys_update_end", "Auth0 Update Ended", System, Success)),
    retired(e("sys_update_start", "Auth0 Update Started", System, Success)),
    e("too_many_records", "Max Amount of Authenticators", Mfa, Warning),
    e("ublkdu", "User login block released", AttackProtection, Success),
    e("universal_logout_failed", "Failed Universal Logout request", Logout, Failure),
    e("universal_logout_succeeded", "Successful Universal Logout request", Logout, Success),
    e("w", "Warning During Login", Login, Warning),
    e("wn", "Warning Sending Notification", Notification, Warning),
    e("wum", "Warning User Management", Account, Warning),
];

#[cfg(test)]
mod tests;
