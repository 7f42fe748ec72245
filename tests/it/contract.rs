//! What every layer promises, each promise tested once for all layers. A new layer is covered by
//! its line in [`contract!`].

mod around;
mod body;
mod head;
mod service;
mod switch;

use tower::Layer;
use tower_egress::cache_control::{CacheControl, CacheControlLayer};
use tower_egress::compression::CompressionLayer;
use tower_egress::etag::EtagLayer;
use tower_egress::matcher::ResponseMatcher;
use tower_egress::response_time::{Reports, ResponseTimeLayer};
use tower_egress::security_headers::{Https, SecurityHeadersLayer};
use tower_egress::strip_nulls::StripNullsLayer;

/// One module of tests for each layer. A layer acts on [`around::busy`]. One that acts after the
/// handler alone says `skips responses`.
macro_rules! contract {
    ($($name:ident: $layer:expr $(, skips $responses:ident)?;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn g_21_readiness_and_errors_are_the_inner_service_s() {
                service::readiness_and_errors_are_the_inner_service_s(&$layer);
            }

            #[test]
            fn g_21_the_service_that_was_polled_ready_is_the_one_called() {
                service::the_service_that_was_polled_ready_is_called(&$layer);
            }

            #[test]
            fn g_20_the_request_reaches_the_handler_as_it_came() {
                service::the_request_arrives_as_it_came(&$layer);
            }

            #[test]
            fn g_20_status_version_extensions_and_other_fields_survive() {
                service::the_response_survives(&$layer);
            }

            #[test]
            fn everything_can_be_sent_and_layers_can_be_shared() {
                service::all_can_be_sent_and_shared(&$layer);
            }

            #[test]
            fn nothing_is_asked_of_the_inner_types() {
                service::inner_types_are_opaque(&$layer);
            }

            #[test]
            fn the_inner_service_can_be_reached() {
                let mut service = $layer.layer(service::Numbered(1));
                assert_eq!(service.get_ref(), &service::Numbered(1));
                service.get_mut().0 = 2;
                assert_eq!(service.into_inner(), service::Numbered(2));
            }

            #[test]
            fn f_20_a_call_given_up_at_any_poll_leaves_nothing_behind() {
                service::a_call_can_be_given_up(&$layer);
            }

            #[test]
            fn f_32_a_full_head_stays_as_it_is() {
                head::a_full_head_stays_as_it_is(&$layer);
            }

            #[test]
            fn g_11_a_body_in_any_pieces_is_the_same_body() {
                body::any_pieces_are_the_same_body(&$layer);
            }

            #[test]
            fn g_15_trailers_survive() {
                body::trailers_survive(&$layer);
            }

            #[test]
            fn g_14_a_body_that_fails_fails() {
                body::a_failure_is_a_failure(&$layer);
            }

            #[test]
            fn f_20_a_body_dropped_at_any_poll_is_dropped() {
                body::a_body_can_be_dropped(&$layer);
            }

            #[test]
            fn a_layer_that_is_off_changes_nothing() {
                switch::is_transparent(&$layer.enabled(false));
                // The order of calls does not matter, and the last word counts.
                switch::is_transparent(&$layer.enabled(true).skip(switch::some()).enabled(false));
                switch::acts_on(&$layer.enabled(false).enabled(true), "/a");
            }

            #[test]
            fn a_flag_at_run_time_turns_a_layer_off() {
                for is_wanted in [true, false] {
                    let acts = switch::acts(&$layer.enabled(is_wanted), "/a");
                    assert_eq!(acts, is_wanted);
                }
            }

            #[test]
            fn skipped_requests_are_left_alone() {
                switch::skips_requests(&$layer.skip(switch::some()).skip(switch::others()));
            }

            $(
                mod $responses {
                    use super::*;

                    #[test]
                    fn that_are_skipped_are_left_alone() {
                        switch::skips_responses(&$layer.skip_responses(switch::teapots()));
                    }
                }
            )?
        }
    )*};
}

contract! {
    cache_control: CacheControlLayer::no_store(), skips responses;
    cache_control_that_sees_heads: for_heads(), skips responses;
    compression: CompressionLayer::new();
    etag: EtagLayer::new();
    response_time: everything_timed(), skips responses;
    security_headers: SecurityHeadersLayer::new(), skips responses;
    security_headers_by_request: by_request(), skips responses;
    strip_nulls: StripNullsLayer::new(), skips responses;
}

/// A rule with a closure has the head of the request cloned for it.
fn for_heads() -> CacheControlLayer {
    CacheControlLayer::none().rule(ResponseMatcher::when(|_, _| true), CacheControl::no_store())
}

/// The scheme of each request is left for the layers further in.
fn by_request() -> SecurityHeadersLayer {
    SecurityHeadersLayer::new().https(Https::by_request(|_| true))
}

fn everything_timed() -> ResponseTimeLayer {
    let layer = ResponseTimeLayer::new().server_timing().trailer();
    layer.report(Reports::log_slow())
}
