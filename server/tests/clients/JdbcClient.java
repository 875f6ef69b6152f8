// The Arrow Flight SQL JDBC driver against a server, as DBeaver, Tableau and others use it:
// java -cp flight-sql-jdbc-driver.jar JdbcClient.java HOST:PORT [USER PASSWORD]
// With a user, only the login and what they may not do; else everything on a project that may be written.

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;

public class JdbcClient {
    static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    static void same(Object wanted, Object found) {
        check(wanted.equals(found), "wanted " + wanted + " and found " + found);
    }

    static List<String> column(ResultSet rows, String name) throws SQLException {
        List<String> values = new ArrayList<>();
        try (rows) {
            while (rows.next()) values.add(rows.getString(name));
        }
        return values;
    }

    static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            check(rows.next(), sql);
            String value = rows.getString(1);
            check(!rows.next(), sql);
            return value;
        }
    }

    static Connection connect(String address, String... options) throws SQLException {
        Properties properties = new Properties();
        properties.put("useEncryption", "false");
        for (int i = 0; i < options.length; i += 2) properties.put(options[i], options[i + 1]);
        return DriverManager.getConnection("jdbc:arrow-flight-sql://" + address + "/", properties);
    }

    public static void main(String[] arguments) throws Exception {
        String address = arguments[0];
        if (arguments.length > 1) {
            login(address, arguments[1], arguments[2]);
            System.out.println("logged in");
            return;
        }
        try (Connection connection = connect(address)) {
            queries(connection);
            parameters(connection);
            changes(connection);
            catalog(connection.getMetaData());
            everyAnswer(connection.getMetaData());
        }
        Connection other = connect(address, "catalog", "second");
        same("second", one(other, "SELECT DISTINCT table_catalog FROM information_schema.tables"));
        try {
            other.close();
        } catch (SQLException twice) {
            // With a catalogue, the driver (18.3) ends its session twice, the second time when its connection is closed.
            check(twice.getMessage().contains("Channel shutdown invoked"), twice.toString());
        }
        try (Connection connection = connect(address, "x-project", "second")) {
            same("second", one(connection, "SELECT DISTINCT table_catalog FROM information_schema.tables"));
        }
        System.out.println("all well");
    }

    static void login(String address, String user, String password) throws SQLException {
        try (Connection connection = connect(address, "user", user, "password", password)) {
            same("1", one(connection, "SELECT 1"));
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("CREATE TABLE mine (a BIGINT)");
                throw new AssertionError("a viewer wrote");
            } catch (SQLException refused) {
                check(refused.toString().contains("may read this project") || String.valueOf(refused.getCause()).contains("may read this project"), refused.toString());
            }
        }
        try (Connection connection = connect(address, "user", user, "password", "wrong")) {
            throw new AssertionError("let in with a wrong password");
        } catch (SQLException refused) {
            // As it should be.
        }
    }

    static void queries(Connection connection) throws SQLException {
        same("1", one(connection, "select 1"));
        check(connection.isValid(5), "valid");
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT well, td, x FROM \"demo_field\".\"public\".\"wells\" ORDER BY well")) {
            ResultSetMetaData columns = rows.getMetaData();
            same(3, columns.getColumnCount());
            same("td", columns.getColumnName(2));
            same(java.sql.Types.DOUBLE, columns.getColumnType(2));
            same(java.sql.Types.VARCHAR, columns.getColumnType(1));
            int count = 0;
            while (rows.next()) {
                count++;
                check(rows.getString("well").startsWith("OUT-") && rows.getDouble("td") > 0, "a well");
            }
            same(9, count);
        }
        // Many rows, of which some are read.
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT value FROM generate_series(1, 100000000)")) {
            for (int i = 0; i < 100000; i++) check(rows.next(), "rows");
            statement.cancel();
        }
        // An error is told, and the connection goes on.
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT * FROM nothing_here");
            throw new AssertionError("no error");
        } catch (SQLException error) {
            check(error.toString().contains("nothing_here"), error.toString());
        }
        same("2", one(connection, "SELECT 2"));
    }

    static void parameters(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT well, td FROM wells WHERE well = ? AND td > ?")) {
            same(2, statement.getParameterMetaData().getParameterCount());
            for (String well : new String[] {"OUT-1", "OUT-2"}) {
                statement.setString(1, well);
                statement.setDouble(2, 10);
                same(List.of(well), column(statement.executeQuery(), "well"));
            }
        }
    }

    static void changes(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            same(0, statement.executeUpdate("CREATE TABLE jdbc (well VARCHAR, depth DOUBLE, count BIGINT, at TIMESTAMP)"));
            same(2, statement.executeUpdate("INSERT INTO jdbc (well, depth) VALUES ('a', 1.5), ('b', NULL)"));
            check(!statement.execute("UPDATE jdbc SET depth = 2 WHERE well = 'b'"), "an update has no rows");
            same(1, statement.getUpdateCount());
            check(statement.execute("SELECT * FROM jdbc"), "a query has rows");
        }
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO jdbc VALUES (?, ?, ?, ?)")) {
            statement.setString(1, "c");
            statement.setDouble(2, 3.5);
            statement.setLong(3, 7);
            statement.setTimestamp(4, Timestamp.valueOf("2026-01-31 12:00:00"));
            same(1, statement.executeUpdate());
        }
        String before = one(connection, "SELECT max(number) FROM outcrop.commits");
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO jdbc (well, depth) VALUES (?, ?)")) {
            for (int i = 0; i < 100; i++) {
                statement.setString(1, "batch " + i);
                statement.setDouble(2, i);
                statement.addBatch();
            }
            statement.executeBatch();
        }
        same(Long.parseLong(before) + 1, Long.parseLong(one(connection, "SELECT max(number) FROM outcrop.commits")));
        same("103", one(connection, "SELECT count(*) FROM jdbc"));
        same("2026-01-31T12:00:00", one(connection, "SELECT CAST(at AS VARCHAR) FROM jdbc WHERE well = 'c'"));
        same("7", one(connection, "SELECT count FROM jdbc WHERE well = 'c'"));
    }

    static void catalog(DatabaseMetaData data) throws SQLException {
        same("Outcrop", data.getDatabaseProductName());
        same("\"", data.getIdentifierQuoteString());
        same(List.of("demo_field", "second"), column(data.getCatalogs(), "TABLE_CAT"));
        check(column(data.getSchemas("demo_field", "%"), "TABLE_SCHEM").contains("public"), "schemas");
        check(column(data.getTableTypes(), "TABLE_TYPE").containsAll(List.of("TABLE", "VIEW")), "table types");
        same(List.of("wells"), column(data.getTables("demo_field", "public", "wells", new String[] {"TABLE"}), "TABLE_NAME"));
        check(column(data.getTables("demo_field", null, "%", new String[] {"VIEW"}), "TABLE_NAME").contains("tops_xyz"), "views");
        try (ResultSet columns = data.getColumns("demo_field", "public", "logs", "%")) {
            boolean found = false;
            while (columns.next()) {
                if (!columns.getString("COLUMN_NAME").equals("md")) continue;
                found = true;
                same("DOUBLE", columns.getString("TYPE_NAME"));
                same(java.sql.Types.DOUBLE, columns.getInt("DATA_TYPE"));
            }
            check(found, "columns of logs");
        }
        same(List.of(), column(data.getPrimaryKeys("demo_field", "public", "wells"), "COLUMN_NAME"));
        same(List.of(), column(data.getImportedKeys("demo_field", "public", "wells"), "FKCOLUMN_NAME"));
        same(List.of(), column(data.getExportedKeys("demo_field", "public", "wells"), "FKCOLUMN_NAME"));
        same(List.of(), column(data.getCrossReference("demo_field", "public", "wells", "demo_field", "public", "logs"), "FKCOLUMN_NAME"));
        // The driver answers this by itself, with no rows; others ask the server.
        data.getTypeInfo().close();
    }

    // Every question without arguments that a driver's metadata has: none may fail because an entry is missing or of another type.
    static void everyAnswer(DatabaseMetaData data) throws Exception {
        TreeSet<String> failed = new TreeSet<>();
        int asked = 0;
        for (Method method : DatabaseMetaData.class.getMethods()) {
            if (method.getParameterCount() > 0 || method.getDeclaringClass() != DatabaseMetaData.class) continue;
            try {
                asked++;
                if (method.invoke(data) instanceof ResultSet list) list.close();
            } catch (InvocationTargetException failure) {
                Throwable cause = failure.getCause();
                if (cause instanceof SQLFeatureNotSupportedException || cause instanceof UnsupportedOperationException) continue;
                failed.add(method.getName() + ": " + cause);
            }
        }
        check(asked > 100, "questions");
        check(failed.isEmpty(), String.join("\n", failed));
        check(data.supportsFullOuterJoins() && data.supportsUnionAll() && data.supportsGroupBy(), "the grammar");
        check(data.supportsSubqueriesInExists() && data.supportsCorrelatedSubqueries(), "subqueries");
        check(data.supportsANSI92EntryLevelSQL() && data.supportsCoreSQLGrammar(), "SQL-92");
        check(!data.supportsTransactions() && !data.isReadOnly(), "no transactions");
        check(data.getNumericFunctions().contains("ABS"), "functions");
    }
}
