use aws_config::BehaviorVersion;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::Region;

use super::Settings;
use super::auth::EmailMode;
use crate::auth::AuthProvider;
use crate::logging::chain;

impl Settings {
    /// Reads the secrets that are kept in SSM parameters: unlike ECS, Lambda does not put them into the environment. A
    /// parameter that cannot be read is reported with the configuration's other problems.
    pub async fn with_secrets(mut self) -> Self {
        let Some(parameter) = &self.auth.smtp_url_parameter else { return self };
        if self.auth.smtp_url.is_some() {
            self.problems.push(("SMTP_URL_PARAMETER".to_owned(), "is set beside SMTP_URL: set one of them".to_owned()));
            return self;
        }
        let mails = self.auth.email_mode(self.compute()) == EmailMode::Smtp;
        if self.auth.auth_provider != Some(AuthProvider::MagicLink) || !mails {
            return self;
        }
        match self.parameter(parameter).await {
            Ok(value) => self.auth.smtp_url = Some(value.into()),
            Err(problem) => self.problems.push(("SMTP_URL".to_owned(), problem)),
        }
        self
    }

    async fn parameter(&self, name: &str) -> Result<String, String> {
        let region = self.table.aws_region.clone().map(Region::new);
        let config = aws_config::defaults(BehaviorVersion::latest()).region(region);
        let client = Client::new(&config.timeout_config(self.waits.for_aws()).load().await);
        let output = client.get_parameter().name(name).with_decryption(true).send().await;
        let output = output.map_err(|error| format!("cannot be read from SMTP_URL_PARAMETER: {}", chain(&error)))?;
        let value = output.parameter.and_then(|parameter| parameter.value);
        value.ok_or_else(|| "is empty in SMTP_URL_PARAMETER".to_owned())
    }
}
