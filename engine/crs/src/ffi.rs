//! Calls into PROJ. The one place of the project with `unsafe`: every pointer PROJ gives is owned by a [`Handle`] that frees it,
//! and a context is used by the thread that made it alone.
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;
use std::rc::Rc;

use proj_sys as sys;

use crate::unknown::{self, Found};
use crate::{CrsError, CrsInfo, database};

/// A context of PROJ: its database and its last error.
#[derive(Debug)]
struct Context(*mut sys::PJ_CONTEXT);

impl Context {
    fn new() -> Result<Rc<Self>, CrsError> {
        let database = database::path()?;
        // SAFETY: the context is checked, and the path is a string that ends with 0.
        unsafe {
            let context = sys::proj_context_create();
            if context.is_null() {
                return Err(CrsError::Database("PROJ gives no context".to_owned()));
            }
            let own = Rc::new(Context(context));
            sys::proj_log_level(context, sys::PJ_LOG_LEVEL_PJ_LOG_NONE);
            if sys::proj_context_set_database_path(context, database.as_ptr(), ptr::null_mut(), ptr::null_mut()) == 0 {
                return Err(CrsError::Database(own.error()));
            }
            Ok(own)
        }
    }

    /// The last error in words.
    fn error(&self) -> String {
        // SAFETY: the context lives as long as self.
        unsafe { self.words(sys::proj_context_errno(self.0)) }
    }

    fn words(&self, error: c_int) -> String {
        if error == 0 {
            return "no reason is given".to_owned();
        }
        // SAFETY: PROJ gives a static text, or one the context owns.
        let said = unsafe { text(sys::proj_context_errno_string(self.0, error)) };
        match said {
            // PROJ has no words for some errors of its own.
            Some(text) if text.starts_with("Unknown error") => "PROJ gives no reason".to_owned(),
            Some(text) => text,
            None => format!("error {error}"),
        }
    }

    /// Who gives codes to the systems of the database: EPSG, ESRI …
    fn authorities(&self) -> Vec<String> {
        let mut names = Vec::new();
        // SAFETY: the list is checked, ends with null, and is destroyed once.
        unsafe {
            let list = sys::proj_get_authorities_from_database(self.0);
            let mut at = list;
            while !at.is_null() && !(*at).is_null() {
                names.extend(text(*at));
                at = at.add(1);
            }
            if !list.is_null() {
                sys::proj_string_list_destroy(list);
            }
        }
        names
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: made by proj_context_create, and destroyed once.
        unsafe { sys::proj_context_destroy(self.0) };
    }
}

/// An object of PROJ.
#[derive(Debug)]
struct Handle {
    object: *mut sys::PJ,
    context: Rc<Context>,
}

impl Handle {
    fn new(object: *mut sys::PJ, context: &Rc<Context>) -> Option<Self> {
        (!object.is_null()).then(|| Handle { object, context: Rc::clone(context) })
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: checked for null, owned by self alone.
        unsafe { sys::proj_destroy(self.object) };
    }
}

/// A text of PROJ's, copied.
///
/// # Safety
/// `pointer` is null or a string that ends with 0.
unsafe fn text(pointer: *const c_char) -> Option<String> {
    // SAFETY: as the caller promises.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
}

thread_local! {
    static CONTEXT: RefCell<Option<Rc<Context>>> = const { RefCell::new(None) };
    static KNOWN: RefCell<HashMap<(String, String, String), Rc<Transformer>>> = RefCell::new(HashMap::new());
}

fn context() -> Result<Rc<Context>, CrsError> {
    CONTEXT.with_borrow_mut(|slot| match slot {
        Some(context) => Ok(Rc::clone(context)),
        None => Ok(Rc::clone(slot.insert(Context::new()?))),
    })
}

/// A coordinate reference system of a code, WKT or PROJ string.
fn crs(definition: &str, context: &Rc<Context>) -> Result<Handle, CrsError> {
    let wrong = |found: Found| CrsError::Unknown {
        text: definition.to_owned(),
        reason: unknown::reason(definition, found, &context.authorities()),
    };
    let own = CString::new(definition).map_err(|e| wrong(Found::Nothing(e.to_string())))?;
    // SAFETY: the text ends with 0, the context lives.
    let made = Handle::new(unsafe { sys::proj_create(context.0, own.as_ptr()) }, context);
    let made = made.ok_or_else(|| wrong(Found::Nothing(context.error())))?;
    // SAFETY: the object lives.
    if unsafe { sys::proj_is_crs(made.object) } == 0 {
        // SAFETY: the object lives.
        let name = unsafe { text(sys::proj_get_name(made.object)) }.unwrap_or_default();
        return Err(wrong(Found::Other(name)));
    }
    Ok(made)
}

/// What a coordinate reference system is.
///
/// # Errors
/// [`CrsError::Unknown`].
pub fn describe(definition: &str) -> Result<CrsInfo, CrsError> {
    let context = context()?;
    let made = crs(definition, &context)?;
    // SAFETY: objects and context live; the out parameters are ours.
    unsafe {
        let name = text(sys::proj_get_name(made.object)).unwrap_or_default();
        let mut system = Handle::new(sys::proj_crs_get_coordinate_system(context.0, made.object), &context);
        if system.is_none() {
            // One with heights beside the plane, or bound to another: the plane is the first part.
            let plane = Handle::new(sys::proj_crs_get_sub_crs(context.0, made.object, 0), &context);
            system =
                plane.and_then(|p| Handle::new(sys::proj_crs_get_coordinate_system(context.0, p.object), &context));
        }
        let mut factor = 0.0;
        let mut unit: *const c_char = ptr::null_mut();
        let found = system.as_ref().is_some_and(|s| {
            sys::proj_cs_get_axis_info(
                context.0,
                s.object,
                0,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                &raw mut factor,
                &raw mut unit,
                ptr::null_mut(),
                ptr::null_mut(),
            ) != 0
        });
        let unit_name = if found { text(unit).unwrap_or_default() } else { String::new() };
        let geographic = unit_name.contains("degree") || unit_name.contains("radian") || unit_name.contains("grad");
        let is = |value: f64| (factor / value - 1.0).abs() < 1e-9;
        let unit = match () {
            () if geographic => unit_name.contains("degree").then_some("deg"),
            () if !found => None,
            () if is(1.0) => Some("m"),
            () if is(0.3048) => Some("ft"),
            () if is(1200.0 / 3937.0) => Some("ftUS"),
            () => None,
        };
        Ok(CrsInfo { name, geographic, unit })
    }
}

/// A way from one system to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Its name; that of its steps for one that PROJ has put together.
    pub name: String,
    /// Accuracy in metres; none where it is not known.
    pub accuracy: Option<f64>,
    /// Where it is for, in words.
    pub area: String,
    /// Grid files it needs.
    pub grids: Vec<String>,
    /// Whether all of them are there.
    pub available: bool,
}

/// Every way between two systems that PROJ knows, the best first; none that is only a rough guess.
///
/// # Errors
/// [`CrsError::Unknown`].
pub fn operations(from: &str, to: &str) -> Result<Vec<Operation>, CrsError> {
    let context = context()?;
    Ok(candidates(from, to, &context)?.into_iter().map(|(operation, _)| operation).collect())
}

fn candidates(from: &str, to: &str, context: &Rc<Context>) -> Result<Vec<(Operation, Handle)>, CrsError> {
    let (source, target) = (crs(from, context)?, crs(to, context)?);
    let mut found = Vec::new();
    // SAFETY: every object is checked for null and lives while it is used; the list and the factory are destroyed.
    unsafe {
        let factory = sys::proj_create_operation_factory_context(context.0, ptr::null_mut());
        if factory.is_null() {
            return Err(CrsError::Database(context.error()));
        }
        let c = context.0;
        sys::proj_operation_factory_context_set_allow_ballpark_transformations(c, factory, 0);
        sys::proj_operation_factory_context_set_spatial_criterion(
            c,
            factory,
            sys::PROJ_SPATIAL_CRITERION_PROJ_SPATIAL_CRITERION_PARTIAL_INTERSECTION,
        );
        sys::proj_operation_factory_context_set_grid_availability_use(
            c,
            factory,
            sys::PROJ_GRID_AVAILABILITY_USE_PROJ_GRID_AVAILABILITY_IGNORED,
        );
        let list = sys::proj_create_operations(c, source.object, target.object, factory);
        if !list.is_null() {
            for at in 0..sys::proj_list_get_count(list) {
                if let Some(object) = Handle::new(sys::proj_list_get(c, list, at), context) {
                    found.push((operation(&object), object));
                }
            }
            sys::proj_list_destroy(list);
        }
        sys::proj_operation_factory_context_destroy(factory);
    }
    Ok(found)
}

fn operation(object: &Handle) -> Operation {
    let c = object.context.0;
    // SAFETY: the object lives; out parameters are ours, and texts are copied.
    unsafe {
        let mut area: *const c_char = ptr::null_mut();
        sys::proj_get_area_of_use(
            c,
            object.object,
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null_mut(),
            &raw mut area,
        );
        let (mut grids, mut available) = (Vec::new(), true);
        for at in 0..sys::proj_coordoperation_get_grid_used_count(c, object.object) {
            let (mut name, mut there): (*const c_char, c_int) = (ptr::null_mut(), 0);
            sys::proj_coordoperation_get_grid_used(
                c,
                object.object,
                at,
                &raw mut name,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                &raw mut there,
            );
            available &= there != 0;
            grids.extend(text(name));
        }
        let accuracy = sys::proj_coordoperation_get_accuracy(c, object.object);
        Operation {
            name: text(sys::proj_get_name(object.object)).unwrap_or_default(),
            accuracy: (accuracy >= 0.0).then_some(accuracy),
            area: text(area).unwrap_or_default(),
            grids,
            available,
        }
    }
}

/// Coordinates from one system to another. It belongs to the thread that made it.
#[derive(Debug)]
pub struct Transformer {
    from: String,
    to: String,
    way: Handle,
}

impl Transformer {
    /// From one system to another: at each place by the best transformation that PROJ knows for it; or by the one of a name, as
    /// [`operations`] gives it or a part of it that no other has. Made once for a thread.
    ///
    /// # Errors
    /// [`CrsError::Unknown`], [`CrsError::NoOperation`], [`CrsError::Name`].
    pub fn between(from: &str, to: &str, operation: Option<&str>) -> Result<Rc<Self>, CrsError> {
        let key = (from.to_owned(), to.to_owned(), operation.unwrap_or_default().to_owned());
        if let Some(known) = KNOWN.with_borrow(|k| k.get(&key).map(Rc::clone)) {
            return Ok(known);
        }
        let made = Rc::new(Self::make(from, to, operation)?);
        KNOWN.with_borrow_mut(|k| {
            // A statement has few pairs; a server has many statements.
            if k.len() > 100 {
                k.clear();
            }
            k.insert(key, Rc::clone(&made));
        });
        Ok(made)
    }

    fn make(from: &str, to: &str, operation: Option<&str>) -> Result<Self, CrsError> {
        let context = context()?;
        let none = |reason: String| CrsError::NoOperation { from: from.to_owned(), to: to.to_owned(), reason };
        let way = match operation {
            Some(name) => {
                let mut all = candidates(from, to, &context)?;
                if let Some(at) = all.iter().position(|(o, _)| o.name == name) {
                    all = vec![all.swap_remove(at)];
                } else {
                    all.retain(|(o, _)| {
                        o.name.split(" + ").any(|step| step == name || step == format!("Inverse of {name}"))
                    });
                }
                let found = all.len();
                match all.pop() {
                    Some((operation, object)) if found == 1 => {
                        if !operation.available {
                            return Err(none(format!("it needs {}", operation.grids.join(", "))));
                        }
                        object
                    }
                    _ => {
                        let (from, to, name) = (from.to_owned(), to.to_owned(), name.to_owned());
                        return Err(CrsError::Name { from, to, name, found });
                    }
                }
            }
            None => {
                let (source, target) = (crs(from, &context)?, crs(to, &context)?);
                let options = [c"ALLOW_BALLPARK=NO".as_ptr(), c"ONLY_BEST=YES".as_ptr(), ptr::null_mut()];
                // SAFETY: objects and context live, the options end with null.
                let made = unsafe {
                    sys::proj_create_crs_to_crs_from_pj(
                        context.0,
                        source.object,
                        target.object,
                        ptr::null_mut(),
                        options.as_ptr(),
                    )
                };
                Handle::new(made, &context).ok_or_else(|| none(context.error()))?
            }
        };
        // SAFETY: the object and the context live.
        let normal = unsafe { sys::proj_normalize_for_visualization(context.0, way.object) };
        let way = Handle::new(normal, &context).ok_or_else(|| none(context.error()))?;
        Ok(Transformer { from: from.to_owned(), to: to.to_owned(), way })
    }

    /// A place in the other system: east and north, or longitude and latitude in degrees. None where the place is outside what
    /// the projections or the grids of the transformation cover, and for NaN.
    ///
    /// # Errors
    /// [`CrsError::NotAvailable`] where the best transformation there cannot be used.
    pub fn transform(&self, x: f64, y: f64) -> Result<Option<(f64, f64)>, CrsError> {
        if !(x.is_finite() && y.is_finite()) {
            return Ok(None);
        }
        // SAFETY: the object lives; the coordinate is a union of four numbers, all of which are set.
        let (found, error) = unsafe {
            sys::proj_errno_reset(self.way.object);
            let place = sys::PJ_COORD { v: [x, y, 0.0, f64::INFINITY] };
            let found = sys::proj_trans(self.way.object, sys::PJ_DIRECTION_PJ_FWD, place).v;
            (found, sys::proj_errno(self.way.object))
        };
        if found[0].is_finite() && found[1].is_finite() {
            return Ok(Some((found[0], found[1])));
        }
        let outside = [
            sys::PROJ_ERR_COORD_TRANSFM_INVALID_COORD,
            sys::PROJ_ERR_COORD_TRANSFM_OUTSIDE_PROJECTION_DOMAIN,
            sys::PROJ_ERR_COORD_TRANSFM_OUTSIDE_GRID,
            sys::PROJ_ERR_COORD_TRANSFM_GRID_AT_NODATA,
            sys::PROJ_ERR_COORD_TRANSFM_NO_CONVERGENCE,
            sys::PROJ_ERR_COORD_TRANSFM,
        ];
        if error == 0 || outside.iter().any(|e| i64::from(*e) == i64::from(error)) {
            return Ok(None);
        }
        let reason = self.way.context.words(error);
        Err(CrsError::NotAvailable { from: self.from.clone(), to: self.to.clone(), x, y, reason })
    }
}
