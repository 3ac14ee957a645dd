//! Trusted CA certificates.
//!
//! AWS signs the certificates of its services itself. `certificates/amazon.pem` contains the roots that it asks its
//! customers to trust, [Amazon Root CA 1 to 4 and Starfield Services Root G2](https://www.amazontrust.com/repository/).
//! A function that calls only AWS loads these five instead of the machine's whole set, and trusts no other CA. Services
//! of other partitions (China, governments, the sovereign cloud) have other certificates, and other endpoints can have
//! any. For those, the machine's CA certificates are used.

use crate::StartError;
use aws_sdk_sqs::config::Region;
use aws_smithy_http_client::tls::{TlsContext, TrustStore};

const AMAZON: &str = include_str!("../certificates/amazon.pem");

/// The CA certificates that the clients trust. `is_aws` is set if no endpoint is overridden.
pub(crate) fn context(is_aws: bool, region: &Region) -> Result<TlsContext, StartError> {
    let store = if is_aws && has_amazon_roots(region.as_ref()) {
        TrustStore::empty().with_pem_certificate(AMAZON)
    } else {
        TrustStore::default()
    };
    TlsContext::builder().with_trust_store(store).build().map_err(|error| {
        StartError::new("the trusted CA certificates cannot be loaded", "report this").caused_by(error)
    })
}

/// Returns `true` if a region belongs to the partition `aws`, whose regions have names like `eu-west-1`.
fn has_amazon_roots(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    let [area, place, number] = parts.as_slice() else {
        return false;
    };
    area.len() == 2
        && *area != "cn"
        && !place.is_empty()
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{AMAZON, has_amazon_roots};
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use ring::digest::{SHA256, digest};

    #[test]
    fn regions_of_the_partition_aws() {
        let cases = [
            ("eu-west-1", true),
            ("us-east-1", true),
            ("ap-southeast-7", true),
            ("mx-central-1", true),
            ("il-central-1", true),
            ("cn-north-1", false),
            ("us-gov-west-1", false),
            ("us-iso-east-1", false),
            ("us-isob-east-1", false),
            ("eu-isoe-west-1", false),
            ("eusc-de-east-1", false),
            ("local", false),
            ("eu-west", false),
            ("eu-west-", false),
            ("eu-west-1a", false),
            ("", false),
        ];
        for (region, expected) in cases {
            assert_eq!(has_amazon_roots(region), expected, "{region}");
        }
    }

    /// Fingerprints from Debian's `ca-certificates` 20230311.
    const FINGERPRINTS: [(&str, &str); 5] = [
        ("Amazon Root CA 1", "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e"),
        ("Amazon Root CA 2", "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4"),
        ("Amazon Root CA 3", "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4"),
        ("Amazon Root CA 4", "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092"),
        (
            "Starfield Services Root Certificate Authority - G2",
            "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
        ),
    ];

    #[test]
    fn the_certificates_are_the_five_of_amazon() {
        let certificates: Vec<_> = AMAZON.split("-----BEGIN CERTIFICATE-----").skip(1).collect();
        assert_eq!(certificates.len(), FINGERPRINTS.len());
        for (text, (name, fingerprint)) in certificates.iter().zip(FINGERPRINTS) {
            let (encoded, _) = text.split_once("-----END CERTIFICATE-----").unwrap();
            let der = BASE64_STANDARD.decode(encoded.replace('\n', "")).unwrap();
            assert_eq!(hex::encode(digest(&SHA256, &der)), fingerprint, "{name}");
        }
    }
}
