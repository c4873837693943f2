//! Clients, operations and paged operations.

/// Makes a newtype around [`Client`](crate::Client) a client of its own: `new`, `from_env`, `builder`,
/// `Deref` and the conversions.
///
/// ```
/// use lockstep_runtime::{AuthScheme, Service};
///
/// static SERVICE: Service = Service {
///     base_url: "https://api.example.com",
///     auth: &[AuthScheme::bearer("default", "EXAMPLE_API_KEY")],
///     security: &[&["default"]],
///     ..Service::DEFAULT
/// };
///
/// /// A client of the example service.
/// #[derive(Clone, Debug)]
/// pub struct Client(lockstep_runtime::Client);
/// lockstep_runtime::client!(Client, SERVICE);
///
/// let client = Client::new("sk_example")?;
/// assert_eq!(client.base_url().as_str(), "https://api.example.com/");
/// # Ok::<(), lockstep_runtime::Error>(())
/// ```
#[macro_export]
macro_rules! client {
    ($client:ident, $service:expr) => {
        impl $client {
            /// A client with this key, and nothing from the environment.
            ///
            /// # Errors
            /// When the key is empty or cannot travel in a header.
            pub fn new(
                key: impl ::core::convert::Into<::std::string::String>,
            ) -> $crate::Result<Self> {
                Self::builder().key(key).build()
            }

            /// A client that is set up by environment variables.
            ///
            /// # Errors
            /// When a variable is malformed, and when there is no key although every operation needs one.
            pub fn from_env() -> $crate::Result<Self> {
                Self::builder().env()?.demand_key()?.build()
            }

            /// A builder, for everything else.
            pub fn builder() -> $crate::ClientBuilder<Self> {
                $crate::ClientBuilder::new(&$service)
            }
        }

        impl ::core::convert::From<$crate::Client> for $client {
            fn from(client: $crate::Client) -> Self {
                Self(client)
            }
        }

        impl ::core::ops::Deref for $client {
            type Target = $crate::Client;

            fn deref(&self) -> &$crate::Client {
                &self.0
            }
        }

        impl ::core::convert::AsRef<$crate::Client> for $client {
            fn as_ref(&self) -> &$crate::Client {
                &self.0
            }
        }
    };
}

/// Gives a newtype around [`Request`](crate::Request) what every request has: `send`, `send_blocking`, `with`,
/// `.await`, and the conversions.
#[macro_export]
macro_rules! operation {
    ($operation:ident) => {
        impl $operation {
            /// Sends the request. Awaiting it does the same.
            pub fn send(self) -> $crate::Pending<<Self as $crate::Operation>::Reply> {
                $crate::Pending::new(self.0)
            }

            /// Sets options of this one request: timeouts, retries, extra headers.
            pub fn with(self, options: $crate::RequestOptions) -> Self {
                Self(self.0.with(options))
            }
        }

        $crate::__operation_blocking!($operation);

        impl ::core::convert::From<$crate::Request> for $operation {
            fn from(request: $crate::Request) -> Self {
                Self(request)
            }
        }

        impl ::core::convert::From<$operation> for $crate::Request {
            fn from(operation: $operation) -> Self {
                operation.0
            }
        }

        impl ::core::convert::AsRef<$crate::Request> for $operation {
            fn as_ref(&self) -> &$crate::Request {
                &self.0
            }
        }

        impl ::core::future::IntoFuture for $operation {
            type Output = $crate::Result<
                $crate::Response<<<Self as $crate::Operation>::Reply as $crate::Reply>::Value>,
            >;
            type IntoFuture = $crate::Pending<<Self as $crate::Operation>::Reply>;

            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }
    };
}

/// Gives an operation whose reply is a page the streams `pages()` and `items()`.
#[macro_export]
macro_rules! paged {
    ($operation:ident) => {
        impl $operation {
            /// All pages from this one on, as a stream of replies.
            pub fn pages(self) -> $crate::Pages<Self> {
                $crate::Pages::new(self)
            }

            /// The entries of all pages from this one on, as a stream.
            pub fn items(self) -> $crate::Items<Self> {
                $crate::Items::new(self)
            }
        }
    };
}

/// Makes an enum the [`Failures`](crate::Failures) of an operation: which statuses are which variant, and what each holds.
#[macro_export]
macro_rules! failures {
    ($failures:ident { $($statuses:pat => $variant:ident $(($ty:ty))?),* $(,)? }) => {
        impl $crate::Failures for $failures {
            fn read(failure: &$crate::StatusError) -> ::core::option::Option<Self> {
                #[allow(unreachable_patterns, reason = "the last of them may be all the rest")]
                match failure.status().as_u16() {
                    $($statuses => $crate::failures!(@read failure, $variant $(, $ty)?),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    };
    (@read $failure:ident, $variant:ident) => {
        ::core::option::Option::Some(Self::$variant)
    };
    (@read $failure:ident, $variant:ident, $ty:ty) => {
        $failure.decode::<$ty>().ok().map(Self::$variant)
    };
}

/// Gives an operation whose reply can come item by item the method `stream()`.
#[macro_export]
macro_rules! streamed {
    ($operation:ident) => {
        impl $operation {
            /// Sends the request, and asks for the items of the reply one by one, each as soon as it is there.
            pub fn stream(self) -> $crate::Pending<<Self as $crate::Streamed>::Stream> {
                $crate::Pending::new(<Self as $crate::Streamed>::streaming(self.0))
            }
        }
    };
}

// Features are those of this crate, so they have to be looked at here and not where the macro is used.
#[cfg(feature = "blocking")]
#[doc(hidden)]
#[macro_export]
macro_rules! __operation_blocking {
    ($operation:ident) => {
        impl $operation {
            /// Sends the request and waits for the reply.
            ///
            /// # Errors
            /// Whatever `send` gives.
            pub fn send_blocking(
                self,
            ) -> $crate::Result<
                $crate::Response<<<Self as $crate::Operation>::Reply as $crate::Reply>::Value>,
            > {
                $crate::blocking::send::<<Self as $crate::Operation>::Reply>(self.0)
            }
        }
    };
}

#[cfg(not(feature = "blocking"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __operation_blocking {
    ($operation:ident) => {};
}
