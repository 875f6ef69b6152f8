//! What the files of an import are worked on with.

use outcrop_store::{Roots, Transaction};
use outcrop_types::mnemonic::MnemonicTable;
use outcrop_types::{Crs, DatumName, LengthUnit};
use tokio::runtime::Handle;

use crate::originals::Originals;
use crate::plane::Plane;
use crate::source::Known;
use crate::{ImportOptions, Watch};

/// The same for every file, shared by the threads.
pub(crate) struct Context<'a> {
    pub(crate) options: &'a ImportOptions,
    pub(crate) mnemonics: &'a MnemonicTable,
    pub(crate) roots: &'a Roots,
    pub(crate) known: &'a Known,
    pub(crate) transaction: &'a Transaction,
    pub(crate) runtime: &'a Handle,
    pub(crate) originals: &'a Originals,
    pub(crate) watch: &'a (dyn Watch + Send + Sync),
    /// The project's unit.
    pub(crate) length: LengthUnit,
    /// What x and y are in, unless a file says otherwise.
    pub(crate) crs: Option<&'a Crs>,
    /// The same with the units of its axes and of the project.
    pub(crate) plane: Plane<'a>,
    /// What depths count from, unless a file says otherwise.
    pub(crate) datum: Option<DatumName>,
}
